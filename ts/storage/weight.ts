import { EncodedValue } from './encodedValue';

const OBJECT_BYTES = 48;
const SLOT_BYTES = 8;
const CHAR_BYTES = 2;
/** A value with more parts is weighed by these alone: a cycle ends here. */
const MAX_PARTS = 1_000_000;

/** Estimated bytes that a value keeps in memory. */
export function weigh(value: unknown): number {
  if (value instanceof EncodedValue) return OBJECT_BYTES + value.size * CHAR_BYTES;
  let bytes = SLOT_BYTES;
  let parts = 0;
  const left: unknown[] = [value];
  while (left.length > 0 && parts < MAX_PARTS) {
    const part = left.pop();
    parts += 1;
    if (typeof part === 'string') bytes += part.length * CHAR_BYTES;
    if (part === null || typeof part !== 'object') continue;
    bytes += OBJECT_BYTES;
    if (ArrayBuffer.isView(part)) {
      bytes += part.byteLength;
      continue;
    }
    const names = Array.isArray(part) ? undefined : Object.keys(part);
    for (const name of names ?? []) bytes += name.length;
    const children: unknown[] = names === undefined ? (part as unknown[]) : Object.values(part);
    bytes += children.length * SLOT_BYTES;
    for (const child of children) {
      if (typeof child === 'object' || typeof child === 'string') left.push(child);
    }
  }
  return bytes;
}
