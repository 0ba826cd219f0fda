import type { StorageAdapter } from '../types';

/**
 * A user's storage that keeps several scopes, each in a part of its own: their keys begin with the scope and its length.
 * It is emptied first.
 */
export class DividedStorage {
  readonly #storage: StorageAdapter;
  /** Until the storage has emptied itself, if it takes its time. */
  #emptied: Promise<unknown> | undefined;

  constructor(storage: StorageAdapter) {
    this.#storage = storage;
    const emptied = storage.clear();
    if (!(emptied instanceof Promise)) return;
    const done = () => {
      this.#emptied = undefined;
    };
    this.#emptied = emptied.then(done, done);
  }

  /** The part of a scope. */
  part(scope: string | undefined): StoragePart {
    const prefix = scope === undefined ? '' : `${scope.length}:${scope}:`;
    const run = (operation: (storage: StorageAdapter) => unknown) =>
      this.#emptied?.then(() => operation(this.#storage)) ?? operation(this.#storage);
    return new StoragePart(prefix, run);
  }
}

/** What a storage keeps of one scope. */
export class StoragePart implements StorageAdapter {
  readonly #prefix: string;
  readonly #run: (operation: (storage: StorageAdapter) => unknown) => unknown;
  /** What was set: a storage cannot be asked for its keys. */
  readonly #keys = new Set<string>();

  constructor(prefix: string, run: (operation: (storage: StorageAdapter) => unknown) => unknown) {
    this.#prefix = prefix;
    this.#run = run;
  }

  set(key: string, value: unknown): unknown {
    this.#keys.add(key);
    return this.#run((storage) => storage.set(this.#prefix + key, value));
  }

  get<T>(key: string): T | undefined | Promise<T | undefined> {
    return this.#run((storage) => storage.get<T>(this.#prefix + key)) as T | undefined;
  }

  remove(key: string): unknown {
    this.#keys.delete(key);
    return this.#run((storage) => storage.remove(this.#prefix + key));
  }

  clear(): unknown {
    const keys = [...this.#keys];
    this.#keys.clear();
    const removals = keys.map((key) => this.#run((storage) => storage.remove(this.#prefix + key)));
    return removals.some((each) => each instanceof Promise) ? Promise.all(removals) : undefined;
  }
}
