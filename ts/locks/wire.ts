import type { PSCErrorCode } from '../errors';
import type { SharedCacheEvent } from '../types';

/** Most names that are locked at once by a mirror, and most characters of one: a window is not trusted. */
const MAX_NAMES = 256;
const MAX_NAME_LENGTH = 64 * 1024;

/** Most milliseconds of a mirror's lease. */
const MAX_LEASE = 60_000;

/** What a mirror asks of the synchronizer about locks (M12): the `value` of an event of the types `lock` and `unlock`. */
export interface LockWish {
  readonly names: readonly string[];
  /** They are keys that are computed. */
  readonly flight?: boolean | undefined;
  /** Milliseconds within which the wish has to be repeated, or it ends. */
  readonly lease?: number | undefined;
}

/** An event about locks. */
export type LockEvent = SharedCacheEvent & { type: 'lock' | 'unlock' };

/** How the event that stores a flight's value names the flight: by its `lock` event. */
export function flightName(write: number, senderID: string): string {
  return `${write} ${senderID}`;
}

/** What a synchronizer says of a wish: `more` that others come first. */
export type LockAnswer = Pick<SharedCacheEvent, 'more' | 'error'>;

/** Why a wish is not granted. */
export interface LockRefusal {
  readonly code: PSCErrorCode;
  readonly message: string;
}

/** Whether something received is about locks. */
export function isLockEvent(event: unknown): event is LockEvent {
  if (typeof event !== 'object' || event === null) return false;
  const { type, senderID, scope, write } = event as Partial<LockEvent>;
  return (
    (type === 'lock' || type === 'unlock') &&
    typeof senderID === 'string' &&
    (scope === undefined || scope === null || typeof scope === 'string') &&
    typeof write === 'number' &&
    Number.isSafeInteger(write) &&
    write > 0
  );
}

/** A {@link LockWish} of which every field has its type. */
export interface CheckedWish {
  readonly names: readonly string[];
  readonly flight: boolean;
  readonly lease: number;
}

/** A mirror's wish; undefined if it is none. */
export function wishOf(value: unknown): CheckedWish | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { names, flight, lease } = value as Partial<LockWish>;
  if (!Array.isArray(names) || names.length > MAX_NAMES) return undefined;
  const fits = (name: unknown) => typeof name === 'string' && name.length <= MAX_NAME_LENGTH;
  if (!names.every(fits)) return undefined;
  const given = typeof lease === 'number' && lease > 0 ? lease : MAX_LEASE;
  return { names, flight: flight === true, lease: Math.min(MAX_LEASE, given) };
}
