import type { SharedCacheEvent } from '../types';
import { WIRE_VERSION } from './wire';

/** Most characters of a mirror's id: ours have 36. */
const MAX_ID_LENGTH = 200;
/** Most characters of a flight's name: a number, a space and a mirror's id. */
const MAX_FLIGHT_LENGTH = MAX_ID_LENGTH + 20;
/** Most characters of a key that are looked at. Far more than a window may send, which gets an answer up to here. */
const MAX_KEY_LENGTH = 1024 * 1024;
/** Most characters of a scope, which the store then measures in bytes. */
const MAX_SCOPE_LENGTH = 4096;
/** Most characters of a session's id that are looked at; the store keeps no more. */
const MAX_SESSION_LENGTH = 256;
/** Where in a request the items begin that most do not have. */
const FIRST_OPTIONAL = 8;
/** Highest number of a write. */
const MAX_WRITE = Number.MAX_SAFE_INTEGER;

/** A window's event, of which every field has its type. */
export interface CheckedRequest {
  readonly type: SharedCacheEvent['type'];
  readonly scope: string | undefined;
  readonly senderID: string;
  /** 0 for a write without a number. */
  readonly write: number;
  readonly key: string;
  /** JSON text of a `set`'s value, by the sender's word only. */
  readonly text: string | undefined;
  /** Milliseconds to live; Infinity for no end. Not a number, where something is expected: as there is. */
  readonly ttl: number;
  /** See `if` of an event. */
  readonly expected?: number | undefined;
  readonly epoch?: number | undefined;
  /** The id of the session in which it was made. */
  readonly session?: string | undefined;
  /** See `flight` of an event. */
  readonly flight?: string | undefined;
}

/** Reads what a window sent, which may be anything; undefined if it is no event of the wire. */
export function readRequest(args: readonly unknown[]): CheckedRequest | undefined {
  // By index: to take a list apart costs several times as much, and this is done for every event.
  const version = args[0];
  const type = args[1];
  const scope = args[2] ?? undefined;
  const senderID = args[3];
  const write = args[4] ?? 0;
  const key = args[5];
  const text = args[6];
  const ttl = args[7];
  if (version !== WIRE_VERSION || typeof senderID !== 'string' || typeof key !== 'string') {
    return undefined;
  }
  if (senderID === '' || senderID.length > MAX_ID_LENGTH) return undefined;
  if (!isScope(scope) || !isWrite(write) || key.length > MAX_KEY_LENGTH) return undefined;
  const expected = args[8];
  const epoch = args[9];
  if ((expected !== undefined && !isWrite(expected)) || (epoch !== undefined && !isWrite(epoch))) {
    return undefined;
  }
  const lives = typeof ttl === 'number' && ttl >= 0 ? ttl : endless(expected);
  const isSet = type === 'set' && typeof text === 'string';
  // The wish of a lock is text, too.
  const isLock = (type === 'lock' || type === 'unlock') && typeof text === 'string' && write > 0;
  const isWhole = type === 'clear' || type === 'init';
  if (!isSet && !isLock && !isWhole && type !== 'remove') return undefined;
  const request: CheckedRequest = {
    type,
    scope,
    senderID,
    write,
    key: isWhole && expected === undefined ? '' : key,
    text: isSet || isLock ? text : undefined,
    ttl: lives,
  };
  if (args.length <= FIRST_OPTIONAL) return request;
  const name = args[10];
  const session = typeof name === 'string' ? name.slice(0, MAX_SESSION_LENGTH) : undefined;
  const flight = args[11];
  if (flight === undefined) return { ...request, expected, epoch, session };
  if (typeof flight !== 'string' || flight.length > MAX_FLIGHT_LENGTH) return undefined;
  return { ...request, expected, epoch, session, flight };
}

/** The time to live of what says nothing of it. */
export function endless(expected: number | undefined): number {
  return expected === undefined ? Number.POSITIVE_INFINITY : Number.NaN;
}

function isScope(scope: unknown): scope is string | undefined {
  return scope === undefined || (typeof scope === 'string' && scope.length <= MAX_SCOPE_LENGTH);
}

function isWrite(write: unknown): write is number {
  return typeof write === 'number' && Number.isInteger(write) && write >= 0 && write <= MAX_WRITE;
}
