import type { SharedCacheEvent } from '../types';
import type { State } from './state';
import { isNumber } from './wire';

/** A whole state of the scope, in one event or in several (M5). */
export interface Arrival {
  readonly seq: number;
  readonly content: Map<string, State>;
}

interface Open extends Arrival {
  readonly parts: Set<number>;
  /** How many parts there are, once the last one came. */
  total: number;
}

/** Most states that are put together at the same time. */
const MAX_OPEN = 4;

/** Puts the chunks of an answering `init` together, in whichever order they come. */
export class Arrivals {
  /** By position. An answer that breaks off is never continued: what follows it has another position. */
  readonly #open = new Map<number, Open>();

  /** Takes a chunk. Returns the whole state if nothing of it is missing. */
  add(
    seq: number,
    { more = false, part: number }: Pick<SharedCacheEvent, 'more' | 'part'>,
    chunk: Iterable<readonly [string, State]>,
  ): Arrival | undefined {
    const arrival = this.#at(seq);
    const part = isNumber(number) ? number : undefined;
    for (const [key, state] of chunk) arrival.content.set(key, state);
    if (part !== undefined) arrival.parts.add(part);
    if (!more) arrival.total = part === undefined ? arrival.parts.size : part + 1;
    if (arrival.parts.size < arrival.total) return undefined;
    for (const older of this.#open.keys()) if (older <= seq) this.#open.delete(older);
    return arrival;
  }

  #at(seq: number): Open {
    const known = this.#open.get(seq);
    if (known !== undefined) return known;
    const total = Number.POSITIVE_INFINITY;
    const open = { seq, content: new Map(), parts: new Set<number>(), total };
    this.#open.set(seq, open);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return open;
  }
}
