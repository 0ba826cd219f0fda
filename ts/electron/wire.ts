import { serializeError } from '../codec';
import { type CarriedEntry, carriedWith, carry } from '../mirror/carried';
import type { SharedCacheEvent } from '../types';

/** Version of what windows and the main process tell each other. */
export const WIRE_VERSION = 1;
/** In place of an event's type: the question under which name the shipped preload script is to expose an adapter. */
export const EXPOSE = 'expose';

/**
 * An event on its way to the main process. A list, because that costs main less than an object to read, and the value
 * as text, which main never looks into.
 */
export type Request = readonly [
  version: typeof WIRE_VERSION,
  type: SharedCacheEvent['type'],
  scope: string | undefined,
  senderID: string,
  write: number | undefined,
  key: string,
  text: string | undefined,
  ttl: number | undefined,
  /** See `if` of an event. */
  expected?: number | undefined,
  epoch?: number | undefined,
  session?: string | undefined,
  /** See `flight` of an event. */
  flight?: string | undefined,
];

/** An event on its way to a window. */
export type Told = ToldText | ToldWrite;

/**
 * A window's write that is told as it came, and settles itself alone: what windows are told nearly always. A list without
 * JSON, because at either end that costs less to make, to send and to read.
 */
export type ToldWrite = readonly [
  version: typeof WIRE_VERSION,
  scope: string | undefined,
  seq: number,
  /** The number of the write, which is settled with it. */
  write: number,
  type: 'set' | 'remove' | 'clear',
  senderID: string,
  key: string,
  ttl: number | undefined,
  epoch: number,
  pid: number,
  /** JSON text of a `set`'s value. Last, because what is written behind a long text has it copied once more. */
  text: string | undefined,
];

/** An event of any kind. */
export type ToldText = readonly [
  version: typeof WIRE_VERSION,
  scope: string | undefined,
  /** JSON text of the event without its value. */
  header: string,
  /** JSON text of the value; of an answering `init`, that of all values, one after the other. */
  text: string | undefined,
  /** The number of the question that it answers. */
  write: number | undefined,
];

/** The header of an answering `init`: which part of the text is whose. */
interface StateHeader extends SharedCacheEvent {
  entries?: readonly (readonly [key: string, length: number, ttl?: number])[];
}

/** Makes an event ready to be sent. Throws `ERR_PSC_SERIALIZE`. */
export function pack(event: SharedCacheEvent): Request {
  const { type, scope, senderID, write, key, ttl, if: expected, session, flight } = event;
  const hasValue = type === 'set' || type === 'lock' || type === 'unlock';
  const text = hasValue ? textOf(event) : undefined;
  const lives = typeof ttl === 'number' ? ttl : undefined;
  const { epoch } = event;
  const where = scope ?? undefined;
  // No longer than need be: each item costs the main process something.
  if (flight !== undefined) {
    const more = [expected, epoch, session, flight] as const;
    return [WIRE_VERSION, type, where, senderID, write, key, text, lives, ...more];
  }
  if (session !== undefined) {
    const more = [expected, epoch, session] as const;
    return [WIRE_VERSION, type, where, senderID, write, key, text, lives, ...more];
  }
  if (expected !== undefined) {
    return [WIRE_VERSION, type, where, senderID, write, key, text, lives, expected, epoch];
  }
  return [WIRE_VERSION, type, where, senderID, write, key, text, lives];
}

function textOf(event: SharedCacheEvent): string {
  const carried = carriedWith(event);
  const { text } = carried;
  // What came from elsewhere is not decoded for that.
  if (text !== undefined && (!('value' in carried) || carried.value === event.value)) return text;
  let made: string | undefined;
  try {
    // Of an event that somebody else made, or changed on its way.
    made = JSON.stringify(event.value);
  } catch (cause) {
    throw serializeError(event.key, 'cannot be encoded as JSON', cause);
  }
  if (made === undefined) throw serializeError(event.key, 'has no JSON text');
  return made;
}

/** Whether something received is an event on its way to a window, of a version that is understood. */
export function isTold(args: readonly unknown[]): args is Told {
  if (args[0] !== WIRE_VERSION) return false;
  return typeof args[2] === 'string' || (typeof args[2] === 'number' && args.length > 10);
}

/**
 * Makes an event of what was told. Its `value` is decoded when somebody looks at it; mirrors look at the text instead.
 *
 * @param hasValue - Whether anybody may look at it.
 */
export function unpack(told: Told, hasValue = true): SharedCacheEvent {
  return typeof told[2] === 'number'
    ? unpackWrite(told as ToldWrite, hasValue)
    : unpackText(told as ToldText);
}

function unpackWrite(told: ToldWrite, hasValue: boolean): SharedCacheEvent {
  const scope = told[1];
  const senderID = told[5];
  const ttl = told[7];
  const text = told[10];
  const event: SharedCacheEvent = {
    senderID,
    type: told[4],
    key: told[6],
    seq: told[2],
    epoch: told[8],
    ack: { [senderID]: told[3] },
    pid: told[9],
  };
  if (scope !== undefined) event.scope = scope;
  if (ttl !== undefined) event.ttl = ttl;
  if (text !== undefined) {
    carry(event, { text });
    if (hasValue) showValue(event, () => JSON.parse(text));
  }
  return event;
}

function unpackText([, , header, text, write]: ToldText): SharedCacheEvent {
  const event = JSON.parse(header) as StateHeader;
  const { entries } = event;
  if (write !== undefined) event.write = write;
  if (entries !== undefined) {
    delete event.entries;
    const parts = split(text ?? '', entries);
    carry(event, { entries: parts });
    showValue(event, () => objectText(parts));
  } else if (text !== undefined) {
    carry(event, { text });
    showValue(event, () => JSON.parse(text));
  }
  return event;
}

function split(
  text: string,
  entries: readonly (readonly [key: string, length: number, ttl?: number])[],
): CarriedEntry[] {
  let start = 0;
  return entries.map(([key, length, ttl]) => {
    const end = start + length;
    const part = text.slice(start, end);
    start = end;
    return ttl === undefined ? [key, part] : [key, part, ttl];
  });
}

/** The entries as the JSON text of one object, as `@alova/psc` has it. */
function objectText(entries: readonly CarriedEntry[]): string {
  return `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}

function showValue(event: SharedCacheEvent, get: () => unknown): void {
  Object.defineProperty(event, 'value', { enumerable: true, configurable: true, get });
}
