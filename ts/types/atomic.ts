/** Options of {@link PSCAtomics.increment}. */
export interface IncrementOptions {
  /**
   * Milliseconds that the entry lives after it was created. Later increments do not prolong it: the first one opens a
   * window of fixed length.
   * @default the adapter's `ttl`
   */
  ttl?: number | undefined;
}

/**
 * Changes that no other process comes between: of all who change a key at the same time, each finds what the one before
 * has left. They are tried again until they succeed, however many there are.
 */
export interface PSCAtomics {
  /**
   * Replaces the value of a key by what `change` makes of it; `undefined` removes the key. Resolves to the new value when
   * that is settled, as for {@link PSCStorageAdapter.set}; after writes of this process that were made before.
   *
   * `change` is called synchronously, again each time somebody else was faster: it must do nothing but compute. It gets a
   * copy of its own, which it may change and return, or undefined if there is no entry.
   *
   * The entry keeps the end that it has; a new one lives for the adapter's `ttl`. What alova's own record says of its end
   * comes first, as always.
   *
   * Rejects with what `change` throws, with `ERR_PSC_INVALID_OPTION` if it returns a promise, with `ERR_PSC_UNSUPPORTED`
   * over a transport or towards a synchronizer that does not know of this, and otherwise as
   * {@link PSCStorageAdapter.set}; nothing has changed then. Only after `ERR_PSC_TIMEOUT` and `ERR_PSC_CLOSED` a mirror
   * cannot tell.
   */
  update<T>(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
  /**
   * Adds to the number in a key, and resolves to the sum. No entry counts as 0. An entry that is there keeps the end that
   * it has.
   *
   * Rejects with `ERR_PSC_NOT_A_NUMBER` if the key holds something else, or if the sum is not finite, and otherwise as
   * {@link PSCAtomics.update}.
   *
   * @param by - What is added, any finite number. @default 1
   * @param options - See {@link IncrementOptions}.
   */
  increment(key: string, by?: number, options?: IncrementOptions): Promise<number>;
}
