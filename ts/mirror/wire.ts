import type { SharedCacheEvent } from '../types';

/** After how many ms an event counts as lost that others have overtaken. */
export const GAP_PATIENCE_MS = 1000;

const TYPES: ReadonlySet<unknown> = new Set(['set', 'remove', 'clear', 'init']);

const isOptional = (value: unknown, type: string) => value === undefined || typeof value === type;

/** A position or number: whole, and not below 0. */
const isCount = (value: unknown) => value === undefined || isNumber(value);

/** Whether a field that only few look at is a position or number; looked at where it is used, for events are many. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Whether something is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * Whether something received is an event: upstream's fields with their types, and ours with theirs where they are
 * there. `null` counts as left out in `scope` only, because some transports make it of undefined.
 */
export function isEvent(event: unknown): event is SharedCacheEvent {
  if (!isObject(event)) return false;
  const { scope, senderID, type, key, seq, epoch, write, ack, ttl, to, more, partial, error } =
    event;
  const { if: expected } = event;
  return (
    TYPES.has(type) &&
    typeof senderID === 'string' &&
    typeof key === 'string' &&
    (scope === null || isOptional(scope, 'string')) &&
    isCount(seq) &&
    isCount(epoch) &&
    isCount(write) &&
    isCount(expected) &&
    (ack === undefined || isObject(ack)) &&
    (ttl === undefined || typeof ttl === 'number' || isObject(ttl)) &&
    isOptional(to, 'string') &&
    isOptional(more, 'boolean') &&
    isOptional(partial, 'boolean') &&
    (error === undefined || isObject(error))
  );
}

/** Whether only a synchronizer can have made the event: a bus gives it back to its sender. */
export function isFromSynchronizer({
  type,
  senderID,
  value,
  seq,
  epoch,
  ack,
  to,
  error,
  if: expected,
}: SharedCacheEvent): boolean {
  const isTold = [seq, ack, to, error].some((field) => field !== undefined);
  // A mirror that expects something says in which order.
  const isPlaced = epoch !== undefined && expected === undefined;
  return isTold || isPlaced || (type === 'init' && (senderID === '' || value !== undefined));
}

/** The number that a record has for a name of its own; undefined where it has none. */
export function numberFor(
  record: Readonly<Record<string, number>> | undefined,
  name: string,
): number | undefined {
  if (record === undefined || !Object.hasOwn(record, name)) return undefined;
  const number: unknown = record[name];
  return typeof number === 'number' ? number : undefined;
}

/** With which code an event was refused, by the numbers of those that were. */
export function codeOf(
  codes: Readonly<Record<string, unknown>>,
  { message = 0 }: SharedCacheEvent,
): string | undefined {
  const code: unknown = Object.hasOwn(codes, message) ? codes[message] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The keys and values of an answering `init`, JSON text or already an object; undefined if it is neither. */
export function parseContent(value: unknown): Record<string, unknown> | undefined {
  let content = value;
  if (typeof value === 'string') {
    try {
      content = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  return isObject(content) && !Array.isArray(content) ? content : undefined;
}
