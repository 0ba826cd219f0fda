import { PSCError } from '../errors';

/** How many values of a payload are looked at. Beyond that, what a transport drops is not noticed. */
const MAX_LOOKS = 1000;

/**
 * JSON drops functions and symbols without a word, so that the other side would miss what was sent. Throws
 * `ERR_PSC_NOT_SENDABLE` for them. Dates, Maps and the like are the transport's to turn into what it can.
 */
export function refuseUncarriable(value: unknown): void {
  if (typeof value === 'object' && value !== null) look(value, '', { left: MAX_LOOKS });
  else refuse(value, '');
}

function look(value: object, place: string, budget: { left: number }): void {
  if (ArrayBuffer.isView(value) || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return;
  }
  const keys = Object.keys(value);
  for (const key of keys) {
    budget.left -= 1;
    if (budget.left < 0) return;
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === 'object') {
      if (part !== null) look(part, `${place}.${key}`, budget);
    } else {
      refuse(part, `${place}.${key}`);
    }
  }
}

function refuse(value: unknown, place: string): void {
  if (typeof value !== 'function' && typeof value !== 'symbol') return;
  const where = place === '' ? 'What is to be sent' : `\`${place.slice(1)}\` of what is to be sent`;
  const message = `${where} is a ${typeof value}, and no transport can carry one. Send plain data.`;
  throw new PSCError('ERR_PSC_NOT_SENDABLE', message);
}
