import { PSCError, type PSCErrorCode } from '../errors';
import { LOCK_PATIENCE, lockTimeout, namesOf } from '../locks/names';
import { flightName, isLockEvent, type LockWish } from '../locks/wire';
import type { PSCLocker, SharedCacheEvent, SyncAdapter } from '../types';
import { subscribe } from './fanOut';
import type { Runtime } from './runtime';
import { isNumber } from './wire';

/** Milliseconds after which what the transport refused, or nobody has answered, is sent again. */
const AGAIN_AFTER = 100;
/** A lease is renewed so many times before it would end. */
const RENEWALS = 3;

/** What {@link MirrorLocks} needs. */
export interface MirrorLocksParts {
  readonly syncAdapter: SyncAdapter;
  readonly scope: string | undefined;
  readonly lease: number;
  readonly runtime: Runtime;
}

/** A flight that holds its key. */
export interface HeldFlight {
  /** What the synchronizer knows it by. */
  readonly name: string;
  /** Whether it still does, as far as is known here. */
  holds(): boolean;
  end(): void;
}

/** A request, from its first sending until it has ended and the synchronizer knows. */
interface Wish {
  readonly number: number;
  readonly names: Set<string>;
  readonly flight: boolean;
  state: 'asked' | 'queued' | 'held';
  /** The last answer: whose, and its number among those. */
  answered: { readonly epoch: number | undefined; readonly message: number };
  decide: (outcome: 'held' | PSCError) => void;
}

const closedError = () =>
  new PSCError('ERR_PSC_CLOSED', 'The adapter was closed. Create a new one.');

/** Locks of a mirror: the synchronizer holds them on its behalf, as long as the mirror says that it is there (M12). */
export class MirrorLocks {
  readonly #parts: MirrorLocksParts;
  readonly #id: string;
  readonly #wishes = new Map<number, Wish>();
  #unsubscribe: (() => void) | undefined;
  #lastNumber = 0;
  #renewing = false;
  #closed = false;

  constructor(parts: MirrorLocksParts) {
    this.#parts = parts;
    this.#id = parts.runtime.newId();
  }

  readonly locker: PSCLocker = {
    lock: (resource) => quiet(this.#lock(resource)),
    unlock: (resource) => quiet(this.#unlock(resource)),
  };

  /** Whether nothing is held or waited for. */
  get isIdle(): boolean {
    return this.#wishes.size === 0;
  }

  /** Resolves when nobody else computes the key; to undefined if there is no synchronizer that knows of locks. */
  async begin(key: string, abandoned: AbortSignal): Promise<HeldFlight | undefined> {
    this.#check();
    try {
      const wish = await this.#acquire([key], true, abandoned);
      return {
        name: flightName(wish.number, this.#id),
        holds: () => this.#wishes.has(wish.number),
        end: () => this.#end(wish),
      };
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (abandoned.aborted) throw error;
      if (code === 'ERR_PSC_LOCK_TIMEOUT' || code === 'ERR_PSC_TOO_MANY_LOCKS') return undefined;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const wish of [...this.#wishes.values()]) {
      this.#end(wish);
      wish.decide(closedError());
    }
    this.#unsubscribe?.();
  }

  async #lock(resource: string | string[]): Promise<void> {
    const names = namesOf(resource);
    this.#check();
    if (names.length > 0) await this.#acquire(names, false);
  }

  async #unlock(resource: string | string[]): Promise<void> {
    const names = namesOf(resource);
    this.#check();
    for (const name of names) {
      for (const wish of this.#wishes.values()) {
        if (wish.flight || wish.state !== 'held' || !wish.names.delete(name)) continue;
        if (wish.names.size === 0) this.#end(wish);
        else this.#send('unlock', wish.number, { names: [name] });
      }
    }
  }

  #acquire(names: string[], flight: boolean, abandoned?: AbortSignal): Promise<Wish> {
    this.#unsubscribe ??= subscribe(this.#parts.syncAdapter, (event) => this.#receive(event));
    this.#lastNumber += 1;
    return new Promise((resolve, reject) => {
      const wish: Wish = {
        number: this.#lastNumber,
        names: new Set(names),
        flight,
        state: 'asked',
        answered: { epoch: undefined, message: 0 },
        decide: (outcome) => {
          clearTimeout(timer);
          abandoned?.removeEventListener('abort', abandon);
          wish.decide = () => {};
          if (outcome === 'held') resolve(wish);
          else reject(outcome);
        },
      };
      // Referenced where that means something: a process does not end while it waits for its turn.
      const wait = () => setTimeout(giveUp, LOCK_PATIENCE);
      const giveUp = () => {
        // Who computes is waited for, however long; if nobody has even answered, there is nobody to ask.
        if (flight && wish.state === 'queued') {
          timer = wait();
          return;
        }
        this.#end(wish);
        const why = wish.state === 'asked' ? 'no synchronizer answered' : 'others hold it';
        wish.decide(lockTimeout(names, `, because ${why}`));
      };
      const abandon = () => {
        this.#end(wish);
        wish.decide(lockTimeout(names, ', and nobody waits for it any more'));
      };
      abandoned?.addEventListener('abort', abandon);
      let timer = wait();
      this.#wishes.set(wish.number, wish);
      this.#ask(wish);
      this.#insist(wish);
      this.#renew();
    });
  }

  #ask(wish: Wish): void {
    const { number, names, flight } = wish;
    this.#send('lock', number, { names: [...names], flight, lease: this.#parts.lease });
  }

  /** Until there is an answer. */
  #insist(wish: Wish): void {
    this.#parts.runtime.after(AGAIN_AFTER, () => {
      if (wish.state !== 'asked' || !this.#wishes.has(wish.number)) return;
      this.#ask(wish);
      this.#insist(wish);
    });
  }

  #renew(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#parts.runtime.after(this.#parts.lease / RENEWALS, () => {
      this.#renewing = false;
      for (const wish of this.#wishes.values()) this.#ask(wish);
      if (this.#wishes.size > 0) this.#renew();
    });
  }

  #receive(event: SharedCacheEvent): void {
    if (!isLockEvent(event) || event.to !== this.#id) return;
    const wish = this.#wishes.get(event.write as number);
    if (wish === undefined) {
      // It has ended here, and what said so was lost.
      if (event.error === undefined) this.#send('unlock', event.write as number, { names: [] });
      return;
    }
    const { error, epoch, message } = event;
    if (isNumber(message)) {
      // It came before, or a later one has overtaken it: what it says holds no more.
      if (epoch === wish.answered.epoch && message <= wish.answered.message) return;
      wish.answered = { epoch, message };
    }
    if (wish.state === 'held') {
      if (error !== undefined || event.more === true) this.#lose(wish);
    } else if (error?.code === 'ERR_PSC_RETIRED') {
      this.#ask(wish);
    } else if (error !== undefined) {
      this.#wishes.delete(wish.number);
      wish.decide(new PSCError(error.code as PSCErrorCode, error.message));
    } else if (event.more === true) {
      wish.state = 'queued';
    } else {
      wish.state = 'held';
      wish.decide('held');
    }
  }

  /** The synchronizer has given it to others: it was asked for anew by what should have renewed it. */
  #lose(wish: Wish): void {
    this.#end(wish);
    // What a flight makes is then not stored, and nothing else comes of it.
    if (wish.flight) return;
    this.#parts.runtime.warn(
      'PSC_LOCK_LOST',
      'A lock was lost: it was not renewed within its lease, or the synchronizer was replaced.',
    );
  }

  #end(wish: Wish): void {
    this.#wishes.delete(wish.number);
    this.#send('unlock', wish.number, { names: [] });
  }

  #send(type: 'lock' | 'unlock', write: number, value: LockWish): void {
    const { scope, syncAdapter } = this.#parts;
    const place = scope === undefined ? {} : { scope };
    const event: SharedCacheEvent = { ...place, senderID: this.#id, type, key: '', value, write };
    try {
      Promise.resolve(syncAdapter.send(event)).catch(() => {});
    } catch {
      // Sent again, or its lease ends it.
    }
  }

  #check(): void {
    if (this.#closed) throw closedError();
  }
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
