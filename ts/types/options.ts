/** How values become text or bytes, for values that JSON does not fit. Both functions have to be pure. */
export interface ValueCodec {
  /** Encodes a value. What it throws becomes the `cause` of an `ERR_PSC_SERIALIZE`. Mirrors can only carry text. */
  encode(value: unknown): string | Uint8Array;
  /** Decodes what {@link ValueCodec.encode} made, possibly in another process. */
  decode(encoded: string | Uint8Array): unknown;
}

/** Options of a PSC adapter. */
export interface ProcessSharedCacheAdapterOptions {
  /**
   * An isolated namespace of keys: no scope sees, clears or receives another's entries. A string of at most 4 KiB in
   * UTF-8.
   *
   * Or a function that names it at each call, so that one adapter serves all users of a server, each in a scope of
   * their own: `createRequestScope().scope` is one. Where it returns undefined or throws, the call fails with
   * `ERR_PSC_NO_SCOPE`: it never reaches the entries of no scope, nor anybody's. Scopes cost nothing once their entries
   * are gone.
   * @default no scope, which is a namespace of its own and not the scope `''`
   */
  scope?: string | (() => string | undefined) | undefined;
  /**
   * A scope beneath the adapter's own: `get` returns what is there where its own scope has nothing. It is only read;
   * what is set, removed or cleared is in the adapter's own scope. alova's records of hit sources are not looked for
   * there, so that nobody learns of another's keys.
   * @default none
   */
  sharedScope?: string | undefined;
  /**
   * What `clear()` does, and so `alova.destroy()` and alova's `invalidateCache()` without a method: `'scope'` removes
   * every entry of the scope, for every process. `'detach'` removes none; it only drops the decoded values that this
   * process keeps, so that it reads the shared ones anew. A mirror has nothing to drop.
   * @default 'scope'
   */
  onClear?: 'scope' | 'detach' | undefined;
  /**
   * Milliseconds that an entry lives after it was set, where alova's own record does not say.
   * @default entries do not expire
   */
  ttl?: number | undefined;
  /**
   * How values are encoded. `'structured'` also takes Date, Map, Set, BigInt, typed arrays, undefined and cycles, and
   * works between native processes only. All adapters of a scope have to use the same codec.
   * @default 'json'
   */
  codec?: 'json' | 'structured' | ValueCodec | undefined;
  /**
   * Whether each `get` returns a copy of its own, and `set` keeps a copy of the value. Otherwise all readers of one
   * process share one object, as with alova's own memory cache, and changing it changes what the others read.
   * @default false
   */
  copy?: boolean | undefined;
  /**
   * Bound, in estimated bytes, of the decoded values that this process keeps. A mirror with a storage of the user's
   * own is bounded by that instead.
   * @default 640 KiB where the process maps the cache itself, which keeps the hottest only; 64 MiB for a mirror
   */
  memoBytes?: number | undefined;
  /**
   * Milliseconds for which a lock stays with a holder that does not run: one that was stopped, or whose event loop
   * stands still. While it runs, its leases are renewed by themselves.
   * @default 10000
   */
  lease?: number | undefined;
  /**
   * Names the session in which a call is made that changes entries. Every process is told the change with it, in
   * `change.session`, so that a log can say which call changed what. It only informs: what it throws is ignored, and of a
   * long name the first 256 bytes are kept. Return undefined for none.
   * @default in Node, the id of the session of `psc-native/session` whose listener makes the call, or awaits who does
   */
  session?: (() => string | undefined) | undefined;
}
