/** Options of {@link PSCFlights.getOrSet}. */
export interface GetOrSetOptions {
  /**
   * Milliseconds that the value lives, where alova's own record does not say.
   * @default the adapter's `ttl`
   */
  ttl?: number | undefined;
  /**
   * Milliseconds after which the call rejects with `ERR_PSC_TIMEOUT` if there is no value yet, whether others compute it or
   * its own factory runs. A factory that has begun goes on, and what it makes is set. Give one where factories may wait for
   * each other.
   * @default none: it is waited for as long as somebody computes
   */
  timeout?: number | undefined;
}

/** What computes a value once for all. */
export interface PSCFlights {
  /**
   * The value of a key; if there is none, what `factory` makes, which is set then. Of all processes that miss the key at
   * the same time one runs its factory, and all get that value: whoever waits is woken when it is set.
   *
   * A factory that throws, or whose promise rejects, does so to all who wait in its process; another process that waits
   * runs its own then. If the process that runs it ends, another one takes its place at once; one that does not run for
   * longer than its lease is not waited for any more. While a factory runs it is waited for, however long that takes, unless
   * `timeout` says otherwise.
   *
   * **A write to the key makes what is being computed worthless**: when anybody sets, removes, updates or clears the key
   * while a factory runs, what that makes is not set, so neither an invalidation nor a newer value is overwritten by an older
   * one. Those who asked before the write, in that process, get the factory's value all the same; who asks after it begins
   * anew, at once. A mirror takes writes of others into account from when it hears of them.
   *
   * What is returned is returned even if it cannot be set, because it cannot be encoded or is too large, and `undefined`
   * is never set: then the next caller runs its factory. Without a synchronizer, or with no room for another lock, each
   * process computes for itself after a second, and sets the value if the key has none by then.
   *
   * A factory that asks for its own key, directly or by the factory of another one, would wait for itself: the inner call
   * rejects with `ERR_PSC_DEADLOCK`, where the runtime tells inside which calls code runs (Node and Electron's main process;
   * in windows, give a `timeout`). Factories of different calls that wait for each other are ended by a `timeout` alone.
   *
   * Rejects with what the factory rejects with; with `ERR_PSC_TIMEOUT`, `ERR_PSC_DEADLOCK`, `ERR_PSC_INVALID_KEY`, `ERR_PSC_INVALID_OPTION`, `ERR_PSC_SERIALIZE`
   * if what is there cannot be decoded, and `ERR_PSC_CLOSED`, also when the adapter is closed while it waits.
   */
  getOrSet<T>(key: string, factory: () => T | Promise<T>, options?: GetOrSetOptions): Promise<T>;
}
