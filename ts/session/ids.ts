/** What of the global object may or may not be there. */
interface Globals {
  readonly crypto?: { randomUUID?(): string; getRandomValues?(bytes: Uint8Array): Uint8Array };
}

const { crypto } = globalThis as unknown as Globals;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(16);
  if (typeof crypto?.getRandomValues === 'function') return crypto.getRandomValues(bytes);
  // Node below 19 has no global crypto. Ids are not secret, only unique: who can read messages can read ids.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
  return bytes;
}

/** A UUID, version 4. `crypto.randomUUID` is missing on pages that are not secure. */
function composeId(): string {
  const bytes = randomBytes();
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => HEX[byte]).join('');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${parts.join('-')}-${hex.slice(20)}`;
}

/** An id that no other session has. */
export const newSessionId: () => string =
  typeof crypto?.randomUUID === 'function'
    ? () => (crypto as { randomUUID(): string }).randomUUID()
    : composeId;
