import { unref } from './unref';
/** Something that holds entries whose time may be over without anybody reading them. */
export interface Sweepable {
  /** Takes out what is over. Returns in how many milliseconds the next entry ends; undefined if none does. */
  sweep(): number | undefined;
}

/** What a platform's timer is told apart by, and how one is set. Tests bring their own. */
export interface SweeperRuntime {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Sets a timer that keeps no process alive. */
  set(run: () => void, ms: number): void;
}

/** Ends this close together are swept together. */
const GRAIN_MS = 16;
/** Longest sleep: timers do not count suspension, and what ended meanwhile is to leave soon after. */
const LONGEST_SLEEP_MS = 1000;
/** What ends in a hundred years need not be planned. */
const FOR_EVER_MS = 100 * 365.25 * 864e5;
/** As long as so few are planned, nobody looks whether they are still there. */
const FEW = 1000;

/**
 * Sweeps, in time, what holds entries that end: one timer for all, set only while anything is planned. It holds nothing
 * but weak references, so that what nobody uses is collected as if it had never been planned.
 */
export class Sweeper {
  readonly #runtime: SweeperRuntime;
  /** By the instant at which they are due, in grains. */
  readonly #planned = new Map<number, WeakRef<Sweepable>[]>();
  #count = 0;
  #purgeAt = FEW;
  #wakesAt = Number.POSITIVE_INFINITY;
  #wakes = 0;

  constructor(runtime: SweeperRuntime) {
    this.#runtime = runtime;
  }

  /** Sweeps it so many milliseconds from now, and again when it says so. */
  plan(target: WeakRef<Sweepable>, ms: number): void {
    const now = this.#runtime.now();
    const grain = Math.ceil((now + ms) / GRAIN_MS);
    const others = this.#planned.get(grain);
    if (others === undefined) this.#planned.set(grain, [target]);
    else others.push(target);
    this.#count += 1;
    if (this.#count > this.#purgeAt) this.#purge();
    this.#wakeBy(grain * GRAIN_MS, now);
  }

  #wakeBy(due: number, now: number): void {
    const at = Math.min(due, now + LONGEST_SLEEP_MS);
    if (this.#wakesAt <= at) return;
    this.#wakesAt = at;
    this.#wakes += 1;
    const wake = this.#wakes;
    this.#runtime.set(() => {
      if (wake === this.#wakes) this.#wake();
    }, at - now);
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#runtime.now();
    const due: WeakRef<Sweepable>[] = [];
    for (const [grain, targets] of this.#planned) {
      if (grain * GRAIN_MS > now) continue;
      this.#planned.delete(grain);
      due.push(...targets);
    }
    this.#count -= due.length;
    for (const target of due) {
      const next = target.deref()?.sweep();
      if (next !== undefined) this.plan(target, next);
    }
    const next = Math.min(...this.#planned.keys());
    if (next < Number.POSITIVE_INFINITY) this.#wakeBy(next * GRAIN_MS, this.#runtime.now());
  }

  /** Those that were collected are not waited for. */
  #purge(): void {
    this.#count = 0;
    for (const [grain, targets] of this.#planned) {
      const left = targets.filter((target) => target.deref() !== undefined);
      this.#count += left.length;
      if (left.length === 0) this.#planned.delete(grain);
      else this.#planned.set(grain, left);
    }
    this.#purgeAt = Math.max(FEW, this.#count * 2);
  }
}

/** The sweeper of this environment. */
export const sweeper = new Sweeper({
  now: () => performance.now(),
  set: (run, ms) => void unref(setTimeout(run, Math.ceil(ms))),
});

/** When one target is due: tells the sweeper only what is sooner than what it knows. */
export class Plan {
  readonly #target: WeakRef<Sweepable>;
  #at = Number.POSITIVE_INFINITY;

  constructor(target: Sweepable) {
    this.#target = new WeakRef(target);
  }

  /** An entry ends in so many milliseconds. */
  endsIn(ms: number): void {
    if (!(ms < FOR_EVER_MS)) return;
    const at = performance.now() + ms;
    // A grain is as good as none, and most ends are as far away as the one before.
    if (at >= this.#at - GRAIN_MS) return;
    this.#at = at;
    sweeper.plan(this.#target, ms);
  }

  /** The target is being swept, and the next end is this far away. */
  swept(ms: number | undefined): void {
    this.#at = ms === undefined ? Number.POSITIVE_INFINITY : performance.now() + ms;
  }
}
