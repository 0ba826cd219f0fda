import { BoundedStorage } from '../storage/bounded';
import type { StorageAdapter } from '../types';
import { Expiries } from './expiries';
import type { Entry, State } from './state';

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
  readonly #now: () => number;
  /** The last operation that the storage has not ended yet. */
  #tail: Promise<unknown> | undefined;

  constructor(storage: StorageAdapter, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** The value; whatever the storage returns for a miss, or a promise if it does so. */
  get(key: string): unknown {
    if (!this.#expiries.isOver(key, this.#now)) return this.#storage.get(key);
    this.apply(key, undefined);
    return undefined;
  }

  /**
   * Keeps an entry. Throws what a synchronous storage throws; the promise of an asynchronous one is returned, and
   * rejects as that does.
   */
  set(key: string, { value, expiresAt }: Entry): Promise<unknown> | undefined {
    this.#expiries.set(key, expiresAt);
    for (const over of this.#expiries.sweep(this.#now)) this.apply(over, undefined);
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
