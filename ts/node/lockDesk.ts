import type { NativeLocks } from '../native';
import { unref } from '../unref';
import { warn } from '../warnings';
import { trace } from './trace';

/** How a request came to its end. */
export type Outcome = 'held' | 'lost' | 'late' | 'closed';

/** What stands in the queues. */
export interface Asked {
  readonly flight: boolean;
  readonly scope: string | undefined;
  readonly names: readonly string[];
  /** Whose `unlock` frees it. */
  readonly holder: number;
  /** With whose end it ends. */
  readonly user: number;
  readonly lease: number;
}

/** What has a lock table: a region, or a hub. */
export interface LockPlace {
  locks(callback: (request: number) => void): NativeLocks;
}

let users = 0;

/** Tells those apart who ask at desks, and may end one by one. */
export function newUser(): number {
  users += 1;
  return users;
}

const desks = new WeakMap<LockPlace, LockDesk>();

/**
 * The way to one lock table for all of this environment: renews what is held and waited for, and hears whose turn it is.
 */
export class LockDesk {
  private readonly locks: NativeLocks;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  /** The requests that are flights: who loses one has nothing to be warned of. */
  private readonly flights = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private interval = Number.POSITIVE_INFINITY;

  private constructor(
    place: LockPlace,
    private readonly isOver: () => boolean,
  ) {
    // Weakly: what native code calls must not be what keeps a table that nobody uses.
    const weak = new WeakRef(this);
    this.locks = place.locks((request) => weak.deref()?.look(request));
  }

  /** The desk at a place. `isOver` tells whether that was replaced. */
  static at(place: LockPlace, isOver: () => boolean): LockDesk {
    let desk = desks.get(place);
    if (desk === undefined) {
      desk = new LockDesk(place, isOver);
      desks.set(place, desk);
    }
    return desk;
  }

  /** Stands in the queues, at once. Throws the native error if there is no room. */
  queue({ flight, scope, names, holder, user, lease }: Asked): number {
    const request = this.locks.queue(flight, scope, [...names], holder, user, lease);
    if (flight) this.flights.add(request);
    this.attend(lease);
    return request;
  }

  /** Calls back once with what became of a request: at once if its turn is now. */
  whenDecided(request: number, callback: (outcome: Outcome) => void): void {
    this.waiting.set(request, callback);
    this.look(request);
  }

  /** Ends the waiting for a request, or the hold. */
  end(request: number, outcome: 'late' | 'closed'): void {
    this.locks.free(request);
    this.flights.delete(request);
    this.decide(request, outcome);
  }

  /** Whether a request that was held still is. */
  holds(request: number): boolean {
    return this.locks.holds(request);
  }

  unlock(scope: string | undefined, name: string, holder: number): void {
    this.locks.unlock(scope, name, holder);
  }

  /** Ends all requests of a user. */
  dismiss(user: number): void {
    this.locks.dismiss(user);
  }

  private look(request: number): void {
    if (!this.waiting.has(request)) return;
    let held: boolean | null;
    try {
      held = this.locks.take(request);
    } catch (error) {
      // There is no thread to wait with, and the request was freed: who asks again is told why.
      trace('lock request %d cannot wait: %s', request, error);
      held = null;
    }
    // False: it has to wait, and is told again (R37).
    if (held !== false) this.decide(request, held === true ? 'held' : 'lost');
  }

  private decide(request: number, outcome: Outcome): void {
    const callback = this.waiting.get(request);
    this.waiting.delete(request);
    callback?.(outcome);
  }

  /** Renews often enough for this lease, as long as there is anything to renew. */
  private attend(lease: number): void {
    const interval = Math.max(1, Math.floor(lease / 3));
    if (interval >= this.interval) return;
    clearInterval(this.timer);
    this.interval = interval;
    // Unreferenced: who only holds does not live for it.
    this.timer = unref(setInterval(() => this.renew(), interval));
  }

  private renew(): void {
    const isOver = this.isOver();
    if (isOver) {
      this.locks.dismiss();
      this.flights.clear();
    }
    for (const request of isOver ? [...this.waiting.keys()] : this.locks.renew()) {
      if (this.waiting.has(request)) this.decide(request, 'lost');
      else if (!this.flights.delete(request)) warnOfLoss(request);
    }
    if (this.locks.requests > 0) return;
    clearInterval(this.timer);
    this.interval = Number.POSITIVE_INFINITY;
  }
}

function warnOfLoss(request: number): void {
  trace('lock request %d was lost', request);
  warn(
    'PSC_LOCK_LOST',
    'A lock was lost to others: this process did not run for longer than its lease, so that it could not renew it. ' +
      'Do not keep the event loop busy for that long while you hold one.',
  );
}
