/** What a value is called by its own realm's tag, such as `Map`; the same in every realm. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether an object was made by `{}` or the like, in whatever realm: its prototype is the last of its chain, or it has none. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null;
}

function describeObject(value: object): string {
  const tag = tagOf(value);
  if (tag !== 'Object') return tag;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'object without properties';
}

/**
 * Whether an object has nothing that a codec could see, though it is something: a Map, a Blob, a Response, an instance whose
 * fields are private. JSON makes `{}` of it, and structured clone of most too.
 */
function isOpaque(value: object): boolean {
  if (Array.isArray(value) || isPlain(value)) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  return Object.keys(value).length === 0;
}

/** What JSON does not carry of an object by itself, by name; undefined if it carries it. */
function lostByJson(value: object): string | undefined {
  return ArrayBuffer.isView(value) || isOpaque(value) ? describeObject(value) : undefined;
}

/** What JSON does not carry of a value that stands alone, though its text says nothing of the loss. */
function lostAlone(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  // What nearly all values are, as each set has to look.
  if (Array.isArray(value) || isPlain(value)) return undefined;
  // It would come back as its text.
  return tagOf(value) === 'URL' ? 'URL' : lostByJson(value);
}

function isAlovaRecord(key: string, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && key.startsWith('$a.');
}

/** The first part, at whatever depth, of which `isLost` tells a name. What has no cycle, as its text shows, comes to an end. */
function findLost(
  value: unknown,
  isLost: (part: object) => string | undefined,
): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const lost = isLost(value);
  if (lost !== undefined) return lost;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return undefined;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    const inner = findLost(part, isLost);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/**
 * What the JSON text of a value does not carry, by name, and so would silently read as something else; undefined if nothing.
 *
 * A value that stands alone, and the data of alova's records, are always looked at. What lies deeper is looked at where the
 * text shows that something may be lost: for an empty object, or one whose first name is 0. Numbers that are not finite are
 * found only where they stand alone.
 */
export function findLostByJson(key: string, value: unknown, text: string): string | undefined {
  const lost = lostAlone(value) ?? (isAlovaRecord(key, value) ? lostAlone(value[0]) : undefined);
  if (lost !== undefined) return lost;
  const isSuspicious = typeof value === 'object' && (text.includes('{}') || text.includes('{"0":'));
  return isSuspicious ? findLost(value, lostByJson) : undefined;
}

/** Objects without properties that structured clone carries. */
const CLONED = new Set([
  ...[
    'Map',
    'Set',
    'Date',
    'RegExp',
    'Error',
    'ArrayBuffer',
    'Boolean',
    'Number',
    'String',
    'BigInt',
  ],
]);

function lostByClone(value: object): string | undefined {
  if (ArrayBuffer.isView(value) || CLONED.has(tagOf(value)) || Array.isArray(value))
    return undefined;
  return !isPlain(value) && Object.keys(value).length === 0 ? describeObject(value) : undefined;
}

/** As {@link findLostByJson}, for structured clone: what stands alone, and the data of alova's records. */
export function findLostByClone(key: string, value: unknown): string | undefined {
  const alone = isAlovaRecord(key, value) ? value[0] : value;
  return typeof alone === 'object' && alone !== null ? lostByClone(alone) : undefined;
}
