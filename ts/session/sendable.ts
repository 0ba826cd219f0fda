import { PSCError } from '../errors';

/** How many values of a payload are looked at. Beyond that, what a transport drops is not noticed. */
const MAX_LOOKS = 1000;

/**
 * JSON drops functions and symbols without a word, so that the other side would miss what was sent. Throws
 * `ERR_PSC_NOT_SENDABLE` for them. Dates, Maps and the like are the transport's to turn into what it can.
 */
export function refuseUncarriable(value: unknown): void {
  const type = typeof value;
  if (type === 'object') {
    if (value !== null) look(value as object, MAX_LOOKS);
  } else if (type === 'function' || type === 'symbol') {
    throw refusal('What is to be sent', value);
  }
}

/** Returns how many looks are left. */
function look(value: object, looks: number): number {
  if (ArrayBuffer.isView(value) || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return looks;
  }
  let left = looks;
  for (const key in value) {
    left -= 1;
    if (left < 0) return left;
    const part = (value as Record<string, unknown>)[key];
    const type = typeof part;
    if (type === 'object') {
      if (part !== null) left = look(part as object, left);
    } else if (type === 'function' || type === 'symbol') {
      // What is inherited is not sent.
      if (Object.hasOwn(value, key)) throw refusal(`\`${key}\` of what is to be sent`, part);
    }
  }
  return left;
}

function refusal(where: string, value: unknown): PSCError {
  const message = `${where} is a ${typeof value}, and no transport can carry one. Send plain data.`;
  return new PSCError('ERR_PSC_NOT_SENDABLE', message);
}
