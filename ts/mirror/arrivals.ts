import type { State } from './state';

/** A whole state of the scope, in one event or in several (M5). */
export interface Arrival {
  readonly seq: number;
  readonly content: Map<string, State>;
}

/** Puts the chunks of an answering `init` together. */
export class Arrivals {
  #open: Arrival | undefined;

  /** Takes a chunk. Returns the whole state if it was the last. */
  add(seq: number, more: boolean, chunk: Iterable<readonly [string, State]>): Arrival | undefined {
    // An answer that breaks off is never continued: what follows it has another position.
    if (this.#open?.seq !== seq) this.#open = { seq, content: new Map() };
    const arrival = this.#open;
    for (const [key, state] of chunk) arrival.content.set(key, state);
    if (more) return undefined;
    this.#open = undefined;
    return arrival;
  }
}
