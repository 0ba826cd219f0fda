import type { SharedCacheEvent } from '../types';

/** An entry of an answering `init`, with the JSON text of its value. */
export type CarriedEntry = readonly [key: string, text: string, ttl?: number];

/** JSON text that a transport of ours carries beside, or in place of, an event's `value`. */
export interface Carried {
  /** Of the value of a `set`. */
  readonly text?: string | undefined;
  /** What an answering `init` tells. */
  readonly entries?: readonly CarriedEntry[] | undefined;
}

const NOTHING: Carried = {};

// By the event itself: a copy that a wrapping transport made, maybe of a changed value, has no text.
const carried = new WeakMap<SharedCacheEvent, Carried>();

/** Says what is carried with an event. */
export function carry(event: SharedCacheEvent, what: Carried): void {
  carried.set(event, what);
}

/** What is carried with this very event. */
export function carriedWith(event: SharedCacheEvent): Carried {
  return carried.get(event) ?? NOTHING;
}
