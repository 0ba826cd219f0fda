/** Options of {@link PSCFlights.getOrSet}. */
export interface GetOrSetOptions {
  /**
   * Milliseconds that the value lives, where alova's own record does not say.
   * @default the adapter's `ttl`
   */
  ttl?: number | undefined;
}

/** What computes a value once for all. */
export interface PSCFlights {
  /**
   * The value of a key; if there is none, what `factory` makes, which is set then. Of all processes that miss the key at
   * the same time one runs its factory, and all get that value: whoever waits is woken when it is set.
   *
   * A factory that throws, or whose promise rejects, does so to all who wait in its process; another process that waits
   * runs its own then. If the process that runs it ends, another one takes its place at once; one that does not run for
   * longer than its lease is not waited for any more. While a factory runs it is waited for, however long that takes; a
   * factory must not ask for its own key.
   *
   * What is returned is returned even if it cannot be set, because it cannot be encoded or is too large, and `undefined`
   * is never set: then the next caller runs its factory. Without a synchronizer, or with no room for another lock, each
   * process computes for itself after a second. What others set, remove or clear meanwhile is not waited for: the value
   * is set after it.
   *
   * Rejects with what the factory rejects with; with `ERR_PSC_INVALID_KEY`, `ERR_PSC_INVALID_OPTION`, `ERR_PSC_SERIALIZE`
   * if what is there cannot be decoded, and `ERR_PSC_CLOSED`, also when the adapter is closed while it waits.
   */
  getOrSet<T>(key: string, factory: () => T | Promise<T>, options?: GetOrSetOptions): Promise<T>;
}
