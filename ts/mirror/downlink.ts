import type { SharedCacheEvent } from '../types';
import type { Runtime } from './runtime';
import { GAP_PATIENCE_MS, isNumber } from './wire';

/** Most changes that wait for one before them. */
const MAX_HELD = 1000;

/** A change that says which one was told before it. */
type Chained = SharedCacheEvent & { readonly seq: number; readonly after: number };

/** What a {@link Downlink} needs of its mirror. */
export interface DownlinkParts {
  readonly id: string;
  readonly runtime: Pick<Runtime, 'after'>;
  /** Whether a state is on its way that was asked for. */
  isAsking(): boolean;
  /** Whether this mirror has written anything. */
  hasWritten(): boolean;
  /** Takes what has waited. */
  take(event: SharedCacheEvent): void;
  /** Some of what was told before that did not come. */
  onGap(): void;
}

/**
 * What a synchronizer tells all mirrors of a scope, in the order in which it was told (M15): each change names the one told
 * before it, and waits for that, up to a bound. An own change may come by a faster path, and does not wait.
 */
export class Downlink {
  readonly #parts: DownlinkParts;
  /** By position. */
  readonly #held = new Map<number, Chained>();
  /** Own changes that came before what was told before them: their position, by that of the one before. */
  readonly #ahead = new Map<number, number>();
  /** All that was told up to here has come. */
  #reached: number | undefined;
  #ownCame = false;
  #callOff: (() => void) | undefined;

  constructor(parts: DownlinkParts) {
    this.#parts = parts;
  }

  /** A change came. Returns whether it is to be taken now; if not, it waits. */
  receive(event: SharedCacheEvent): boolean {
    if (!isChained(event)) return true;
    if (event.senderID === this.#parts.id) {
      this.#ownCame = true;
      this.#noteOwn(event);
      return true;
    }
    if (!this.#mustWait(event)) {
      this.#reach(event.seq);
      return true;
    }
    this.#held.set(event.seq, event);
    if (this.#held.size > MAX_HELD) this.#giveUp();
    else this.#callOff ??= this.#parts.runtime.after(GAP_PATIENCE_MS, () => this.#giveUp());
    return false;
  }

  /** A whole state has come. What waits is to be taken after it: {@link Downlink.release}. */
  reached(seq: number): void {
    this.#reach(seq);
  }

  /** Hands over what need not wait any more. */
  release(): void {
    if (this.#held.size === 0) return;
    for (const event of [...this.#held.values()].sort((a, b) => a.seq - b.seq)) {
      if (this.#reached === undefined || event.after > this.#reached) continue;
      this.#held.delete(event.seq);
      this.#reach(event.seq);
      this.#parts.take(event);
    }
    if (this.#held.size === 0) this.#stopWaiting();
  }

  /** Another order is followed from now on. */
  restart(): void {
    this.#reached = undefined;
    this.#held.clear();
    this.#ahead.clear();
    this.#stopWaiting();
  }

  #mustWait({ after }: Chained): boolean {
    // Where own changes do not come back, nobody knows whether one of them was told before.
    if (this.#parts.hasWritten() && !this.#ownCame) return false;
    if (this.#reached === undefined) return this.#parts.isAsking();
    return after > this.#reached;
  }

  #noteOwn({ seq, after }: Chained): void {
    if (this.#reached !== undefined && after <= this.#reached) {
      this.#reach(seq);
      return;
    }
    this.#ahead.set(after, Math.max(seq, this.#ahead.get(after) ?? 0));
    const [oldest] = this.#ahead.keys();
    if (this.#ahead.size > MAX_HELD && oldest !== undefined) this.#ahead.delete(oldest);
  }

  #reach(seq: number): void {
    let reached = Math.max(seq, this.#reached ?? 0);
    this.#reached = reached;
    if (this.#ahead.size === 0) return;
    // One after the other: each may be what the next own one waits for.
    for (let found = true; found; ) {
      found = false;
      for (const [after, own] of this.#ahead) {
        if (after > reached) continue;
        this.#ahead.delete(after);
        found ||= own > reached;
        reached = Math.max(reached, own);
      }
    }
    this.#reached = reached;
  }

  #giveUp(): void {
    this.#stopWaiting();
    const held = [...this.#held.values()].sort((a, b) => a.seq - b.seq);
    this.#held.clear();
    for (const event of held) {
      this.#reach(event.seq);
      this.#parts.take(event);
    }
    this.#parts.onGap();
  }

  #stopWaiting(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

function isChained(event: SharedCacheEvent): event is Chained {
  const { seq, after, to, type } = event;
  return seq !== undefined && isNumber(after) && to === undefined && type !== 'init';
}
