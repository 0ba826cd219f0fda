import { PSCError } from '../errors';
import { describeForeign } from '../foreign';

/** How many values of a payload are looked at. Beyond that, what a transport drops is not noticed. */
const MAX_LOOKS = 1000;

/**
 * JSON drops functions and symbols without a word, so that the other side would miss what was sent. Throws
 * `ERR_PSC_NOT_SENDABLE` for them. Dates, Maps and the like are the transport's to turn into what it can.
 */
export function refuseUncarriable(value: unknown): void {
  let found: string | undefined;
  try {
    found = isUncarriable(value) ? '' : search(value, { left: MAX_LOOKS });
  } catch (cause) {
    // A getter of the value, or a trap, which the transport would meet as well.
    const message = `What is to be sent cannot be read (${describeForeign(cause)}). Send plain data.`;
    throw new PSCError('ERR_PSC_NOT_SENDABLE', message, { cause });
  }
  if (found === undefined) return;
  const where = found === '' ? 'What is to be sent' : `\`${found}\` of what is to be sent`;
  const message = `${where} is a function or a symbol, and no transport can carry one. Send plain data.`;
  throw new PSCError('ERR_PSC_NOT_SENDABLE', message);
}

function isUncarriable(value: unknown): boolean {
  return typeof value === 'function' || typeof value === 'symbol';
}

/** The key under which something is that cannot be carried. */
function search(value: unknown, looks: { left: number }): string | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let at = 0; at < parts.length; at += 1) {
    looks.left -= 1;
    if (looks.left < 0) return undefined;
    const part = parts[at];
    if (typeof part === 'string' || typeof part === 'number') continue;
    const found = isUncarriable(part) ? Object.keys(value)[at] : search(part, looks);
    // What says itself how it is to be carried may hold anything.
    if (found !== undefined) return 'toJSON' in value ? undefined : found;
  }
  return undefined;
}
