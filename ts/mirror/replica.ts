import { BoundedStorage } from '../storage/bounded';
import type { StorageAdapter } from '../types';
import { Expiries } from './expiries';
import type { Runtime } from './runtime';
import type { Entry, State } from './state';

/** Longest sleep: timers do not count suspension, and what ended meanwhile is to leave soon after. */
const LONGEST_SLEEP_MS = 1000;

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/**
 * The mirror's copy of the entries, in a storage that may be the user's own and asynchronous: operations are given to
 * it in order, each after the one before has ended.
 */
export class Replica {
  readonly #storage: StorageAdapter;
  readonly #expiries = new Expiries();
  readonly #runtime: Pick<Runtime, 'now' | 'after'>;
  readonly #now: () => number;
  /** The last operation that the storage has not ended yet. */
  #tail: Promise<unknown> | undefined;
  /** When it is looked what is over, on the mirror's clock. */
  #wakesAt = Number.POSITIVE_INFINITY;
  #callOff = (): unknown => undefined;
  #expirations = 0;

  constructor(storage: StorageAdapter, runtime: Pick<Runtime, 'now' | 'after'>) {
    this.#storage = storage;
    this.#runtime = runtime;
    this.#now = () => runtime.now();
  }

  /** How many entries were taken out because their time was over. */
  get expirations(): number {
    return this.#expirations;
  }

  /** The value; whatever the storage returns for a miss, or a promise if it does so. */
  get(key: string): unknown {
    if (!this.#expiries.isOver(key, this.#now)) return this.#found(key);
    this.#expire(key);
    return undefined;
  }

  /** A storage of the user's own may say `null` for a miss, as those of many databases do. */
  #found(key: string): unknown {
    const value: unknown = this.#storage.get(key);
    if (this.#storage instanceof BoundedStorage) return value;
    if (isThenable(value)) return Promise.resolve(value).then((found) => found ?? undefined);
    return value ?? undefined;
  }

  /**
   * Keeps an entry. Throws what a synchronous storage throws; the promise of an asynchronous one is returned, and
   * rejects as that does.
   */
  set(key: string, { value, expiresAt }: Entry): Promise<unknown> | undefined {
    this.#expiries.set(key, expiresAt);
    if (expiresAt !== undefined) this.#wakeBy(expiresAt);
    const storage = this.#storage;
    // A storage of the user's may take a third argument for something else.
    if (storage instanceof BoundedStorage)
      return this.#run(() => storage.set(key, value, expiresAt));
    return this.#run(() => storage.set(key, value));
  }

  /** Forgets a key. As {@link Replica.set} otherwise. */
  remove(key: string): Promise<unknown> | undefined {
    this.#expiries.delete(key);
    return this.#run(() => this.#storage.remove(key));
  }

  /** Forgets everything. As {@link Replica.set} otherwise. */
  clear(): Promise<unknown> | undefined {
    this.#expiries.clear();
    return this.#run(() => this.#storage.clear());
  }

  /** Makes a key hold this. A storage that fails then holds less, and whom it tells is its own matter. */
  apply(key: string, state: State): void {
    this.#attempt(() => (state === undefined ? this.remove(key) : this.set(key, state)));
  }

  /** Calls back when the storage has ended all it was given so far: now, if it has. */
  whenEnded(callback: () => void): void {
    if (this.#tail === undefined) callback();
    else void this.#tail.then(callback);
  }

  /** Makes the storage hold this and nothing else. */
  replace(content: ReadonlyMap<string, State>): void {
    this.#attempt(() => this.clear());
    for (const [key, state] of content) {
      if (state !== undefined) this.apply(key, state);
    }
  }

  /** Looks no more what is over. */
  close(): void {
    this.#callOff();
    this.#wakesAt = Number.NEGATIVE_INFINITY;
  }

  #wakeBy(expiresAt: number): void {
    // As long as it is not closed, a sooner end is to be woken for; most are later than the one before.
    if (expiresAt >= this.#wakesAt) return;
    this.#callOff();
    const now = this.#now();
    this.#wakesAt = Math.min(expiresAt, now + LONGEST_SLEEP_MS);
    // Weakly: a mirror that nobody uses is not kept until its entries are over.
    const weak = new WeakRef(this);
    this.#callOff = this.#runtime.after(Math.max(0, this.#wakesAt - now), () => {
      const self = weak.deref();
      if (self !== undefined) self.#wake();
    });
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#now();
    for (let key = this.#expiries.due(now); key !== undefined; key = this.#expiries.due(now)) {
      this.#expire(key);
    }
    const next = this.#expiries.next();
    if (next !== undefined) this.#wakeBy(next);
  }

  #expire(key: string): void {
    this.#expirations += 1;
    this.apply(key, undefined);
  }

  #attempt(operation: () => Promise<unknown> | undefined): void {
    try {
      operation()?.catch(() => {});
    } catch {
      // What others set must go on reaching the keys that the storage does take.
    }
  }

  #run(operation: () => unknown): Promise<unknown> | undefined {
    let done: Promise<unknown>;
    if (this.#tail === undefined) {
      const result = operation();
      if (!isThenable(result)) return undefined;
      done = Promise.resolve(result);
    } else {
      done = this.#tail.then(operation);
    }
    const tail = done
      .catch(() => {})
      .then(() => {
        if (this.#tail === tail) this.#tail = undefined;
      });
    this.#tail = tail;
    return done;
  }
}
