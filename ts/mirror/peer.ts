import type { SharedCacheEvent } from '../types';

/** Most events kept while it is not known whether they count. */
const MAX_HELD = 1000;

/**
 * Whom a mirror talks to (M2): a synchronizer that **orders** (its events carry `seq`), or a **plain** one, which is
 * `@alova/psc`'s, or ours behind a transport that strips the fields it does not know.
 *
 * An event without `seq` says little by itself: a bus gives back everybody's events, too. So it counts only once the
 * peer is known to be plain: from an answer to `init` that has content but no position, from an own event that
 * came back without its number, or from an answer without position to a question asked after an own event came back.
 */
export class Peer {
  #kind: 'unknown' | 'ordering' | 'plain' = 'unknown';
  #held: SharedCacheEvent[] = [];
  #ownCameBack = false;

  /** Whether the peer is known to be plain. */
  get isPlain(): boolean {
    return this.#kind === 'plain';
  }

  /** Whether the peer is known to order. */
  get isOrdering(): boolean {
    return this.#kind === 'ordering';
  }

  /** Whether an own event has come back without a position. */
  get ownCameBack(): boolean {
    return this.#ownCameBack;
  }

  /** An event with a position came. Returns what the peer was taken for until now. */
  ordered(): 'unknown' | 'ordering' | 'plain' {
    const was = this.#kind;
    this.#kind = 'ordering';
    if (was === 'unknown') this.forget();
    return was;
  }

  /**
   * A change without a position came. Returns those that count now, this one among them, or `'ask'` if only a question
   * can tell.
   */
  unordered(event: SharedCacheEvent, own: boolean): SharedCacheEvent[] | 'ask' {
    if (this.#kind === 'ordering') return [];
    if (this.#kind === 'plain') return [event];
    this.#held.push(event);
    if (this.#held.length > MAX_HELD) this.#held.shift();
    // All we send has a number: the transport strips what it does not know.
    if (own && event.write === undefined) return this.settleForPlain();
    this.#ownCameBack ||= own;
    return 'ask';
  }

  /** The peer is plain. Returns the events that were held until it was known. */
  settleForPlain(): SharedCacheEvent[] {
    this.#kind = 'plain';
    return this.forget();
  }

  /** The held events are of no use any more. Returns them. */
  forget(): SharedCacheEvent[] {
    const held = this.#held;
    this.#held = [];
    this.#ownCameBack = false;
    return held;
  }
}
