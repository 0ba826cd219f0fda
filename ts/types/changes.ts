/**
 * What happens to an entry: it is set or removed by somebody, it leaves for room (`evict`) or because its time is over
 * (`expire`). `clear` concerns all entries of the scope. `lost`: changes before this one were not told.
 */
export type PSCChangeType = 'set' | 'remove' | 'clear' | 'evict' | 'expire' | 'lost';

/** A change, without the value: `get` has the one that the key has by now, which may be a later one. */
export interface PSCChange {
  /** What happened. */
  readonly type: PSCChangeType;
  /** The key; `''` for `clear` and `lost`. */
  readonly key: string;
  /** The adapter's scope; left out where it has none. */
  readonly scope?: string | undefined;
  /** Id of the process that did it: for a window's write, that of the main process. Unknown behind transports that strip it. */
  readonly pid?: number | undefined;
  /**
   * Id of the session in which it was done, if it was done in one: that of `psc-native/session` whose listener did it, or
   * what the writer's `session` option says.
   */
  readonly session?: string | undefined;
  /** Its place in the one order of all changes, where there is one: only grows, and is not dense. */
  readonly seq?: number | undefined;
}

/** Listening to the changes of an adapter's scope, whatever process made them. */
export interface PSCChanges {
  /**
   * Calls the listener, later, at each change of this type in the adapter's scope, in order, this process's own changes
   * included. By then the adapter reads what the change has brought, or something later.
   *
   * An adapter that maps the cache itself is told every change, as long as it is not so far behind that the cache has
   * written over them; a mirror is told the last change of a key alone where several came at once. Where changes could
   * not be told, because of that or because the cache was replaced by another, there is a `lost` in their place.
   *
   * What a listener throws, or rejects with, is ignored. Listening ends with the function that is returned, any number
   * of calls of which are one, or with the adapter's `close()`. It keeps no process alive.
   *
   * Throws `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_CLOSED` after `close()`.
   */
  on(type: PSCChangeType, listener: (change: PSCChange) => void): () => void;
}
