import { LOCK_PATIENCE, lockTimeout, namesOf } from '../locks/names';
import type { PSCLocker } from '../types';
import { type Connection, closedError, type Joined } from './connection';
import { fromNative } from './errors';
import { type Asked, LockDesk, newUser, type Outcome } from './lockDesk';

/** Longest interval that timers take. */
const FOR_EVER = 2 ** 31 - 1;
/** Milliseconds after which one that found no room looks again. */
const NO_ROOM = 10;
/** All native callers of a process are one holder: what one locked, another may unlock. */
const THIS_PROCESS = 0;

/** A request that holds its names. */
export interface Held {
  /** Its number at the desk of the region that it was made in. */
  readonly request: number;
  /** Whether it still holds them: a flight does not when somebody has written to its key. */
  holds(): boolean;
  /** Frees them. */
  end(): void;
}

/** The locks of one adapter on the region of a connection. */
export class SharedLocks {
  private readonly user = newUser();
  private readonly waiting = new Set<() => void>();
  private desk: LockDesk | undefined;
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly scope: string | undefined,
    private readonly lease: number,
  ) {}

  readonly locker: PSCLocker = {
    lock: (resource) => quiet(this.lock(resource)),
    unlock: (resource) => quiet(this.unlock(resource)),
  };

  /** Resolves when nobody else computes the key; to undefined if there is no lock to be had for {@link LOCK_PATIENCE}. */
  async begin(key: string, abandoned: AbortSignal): Promise<Held | undefined> {
    const until = performance.now() + LOCK_PATIENCE;
    for (;;) {
      try {
        return await this.acquire([key], true, Number.POSITIVE_INFINITY, abandoned);
      } catch (error) {
        if (abandoned.aborted) throw error;
        const { code } = error as { code?: unknown };
        if (code !== 'ERR_PSC_TOO_MANY_LOCKS' && code !== 'ERR_PSC_LOCK_TIMEOUT') throw error;
        if (performance.now() >= until) return undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, NO_ROOM));
    }
  }

  /** Frees everything that was locked here, and ends all waiting. */
  close(): void {
    this.closed = true;
    for (const stop of [...this.waiting]) stop();
    this.desk?.dismiss(this.user);
  }

  private async lock(resource: string | string[]): Promise<void> {
    const names = namesOf(resource);
    this.check();
    if (names.length > 0) await this.acquire(names, false, performance.now() + LOCK_PATIENCE);
  }

  private async unlock(resource: string | string[]): Promise<void> {
    const names = namesOf(resource);
    this.check();
    const { joined } = this.connection;
    if (joined === undefined) return;
    try {
      for (const name of names) deskOf(joined).unlock(this.scope, name, THIS_PROCESS);
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** In its place at once if the region is joined: callers are served in the order of their calls. */
  private async acquire(
    names: string[],
    flight: boolean,
    until: number,
    abandoned?: AbortSignal,
  ): Promise<Held> {
    const { scope, user, lease } = this;
    const asked: Asked = { flight, scope, names, holder: THIS_PROCESS, user, lease };
    for (;;) {
      const joined = this.current() ?? (await this.whenJoined(names, until));
      const desk = deskOf(joined);
      this.desk = desk;
      let request: number;
      try {
        request = desk.queue(asked);
      } catch (error) {
        throw fromNative(error);
      }
      const outcome = await this.decided(desk, request, until, abandoned);
      this.check();
      if (outcome === 'held') {
        return {
          request,
          holds: () => desk.holds(request),
          end: () => desk.end(request, 'closed'),
        };
      }
      if (outcome === 'late' || abandoned?.aborted)
        throw lockTimeout(names, ', because others hold it');
    }
  }

  private decided(
    desk: LockDesk,
    request: number,
    until: number,
    abandoned: AbortSignal | undefined,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const stop = () => desk.end(request, 'closed');
      // Referenced: a process does not end while it waits for its turn.
      const timer = setTimeout(
        () => desk.end(request, 'late'),
        Math.min(FOR_EVER, until - performance.now()),
      );
      this.waiting.add(stop);
      abandoned?.addEventListener('abort', stop);
      desk.whenDecided(request, (outcome) => {
        clearTimeout(timer);
        abandoned?.removeEventListener('abort', stop);
        this.waiting.delete(stop);
        resolve(outcome);
      });
    });
  }

  private current(): Joined | undefined {
    const { joined } = this.connection;
    if (joined?.region.retired !== true) return joined;
    this.connection.lost(joined);
    return this.connection.joined;
  }

  private whenJoined(names: string[], until: number): Promise<Joined> {
    return new Promise((resolve, reject) => {
      const patience = Math.min(LOCK_PATIENCE, until - performance.now());
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(stop);
        this.connection.unneeded(look);
      };
      const look = () => {
        done();
        resolve(this.connection.joined as Joined);
      };
      const stop = () => {
        done();
        reject(closedError('adapter'));
      };
      const timer = setTimeout(() => {
        done();
        reject(lockTimeout(names, ', because no synchronizer was found'));
      }, patience);
      this.waiting.add(stop);
      this.connection.whenJoined(look);
    });
  }

  private check(): void {
    if (this.closed) throw closedError('adapter');
  }
}

function deskOf({ region }: Joined): LockDesk {
  return LockDesk.at(region, () => region.retired);
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
