import type { SharedCacheEvent, SharedEventHandler } from '../types';

/** An entry of an answering `init`, with the JSON text of its value. */
export type CarriedEntry = readonly [key: string, text: string, ttl?: number];

/** JSON text that a transport of ours carries beside, or in place of, an event's `value`. */
export interface Carried {
  /** Of the value of a `set`. */
  readonly text?: string | undefined;
  /** The value that the text was made of: one that a transport has put in its place has another text. */
  readonly value?: unknown;
  /** What an answering `init` tells. */
  readonly entries?: readonly CarriedEntry[] | undefined;
}

const NOTHING: Carried = {};

class Itself {
  constructor(event: SharedCacheEvent) {
    // biome-ignore lint/correctness/noConstructorReturn: so that a private field is given to what is there already.
    return event;
  }
}

/**
 * A private field of the event itself: nobody sees it, and a copy that a wrapping transport made, maybe of a changed
 * value, does not have it. Windows pay for each event, and an entry of a WeakMap costs them several times as much.
 */
class Carrying extends Itself {
  #what: Carried;

  constructor(event: SharedCacheEvent, what: Carried) {
    super(event);
    this.#what = what;
  }

  static of(event: object): Carried {
    return #what in event ? event.#what : NOTHING;
  }

  static put(event: object, what: Carried): void {
    if (#what in event) event.#what = what;
    else new Carrying(event as SharedCacheEvent, what);
  }
}

/** Says what is carried with an event. */
export function carry(event: SharedCacheEvent, what: Carried): void {
  Carrying.put(event, what);
}

/** What is carried with this very event. */
export function carriedWith(event: SharedCacheEvent): Carried {
  return Carrying.of(event);
}

const textReaders = new WeakSet<SharedEventHandler>();

/** Says of a handler that it looks at what is carried, so that transports of ours need not show it a `value`. */
export function readsText(handler: SharedEventHandler): void {
  textReaders.add(handler);
}

/** Whether a handler is known to look at what is carried, if anything is. */
export function isTextReader(handler: SharedEventHandler): boolean {
  return textReaders.has(handler);
}
