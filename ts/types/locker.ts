/**
 * Locks on names, shared by all processes of a scope: what `atomize` of `alova/server` needs of an `l2Cache`. Names are
 * of their own kind, and never meet the cache's keys.
 *
 * Fair: whoever asked first gets it first, in whichever process. Whoever waits is woken, and does not poll. All callers
 * exclude each other, those of one process too, and those of one adapter.
 *
 * Leased: a holder that ends, however it ends, is in nobody's way from then on; one that does not run (stopped by a
 * signal or a debugger, or its event loop stands still) for longer than its lease loses what it holds. It is told so by
 * a warning of the process, `PSC_LOCK_LOST`, when it runs again; so what a lock guards against is two at a time while
 * both run, and what must not happen twice whatever happens has to check for itself.
 *
 * Where the cache is replaced by a new one (its file was removed), who waits goes on waiting there, and who holds holds
 * nothing there.
 */
export interface PSCLocker {
  /**
   * Resolves when this caller holds the resource; of several, all of them, had in one step, so that no two callers can
   * wait for each other. The same caller asking again waits for itself.
   *
   * Rejects with `ERR_PSC_LOCK_TIMEOUT` after one second, having locked nothing, so that `atomize` comes to see its own
   * time-out; with `ERR_PSC_TOO_MANY_LOCKS` if the cache has no room for another; with `ERR_PSC_INVALID_OPTION`; with
   * `ERR_PSC_CLOSED`, also when the adapter is closed meanwhile.
   */
  lock(resource: string | string[]): Promise<void>;
  /**
   * Frees what this process holds of the resource, whichever of its adapters of the scope locked it, and nobody else's.
   * Of what was locked at once, a part may be freed. Resolves, and does nothing, for what this process does not hold.
   *
   * Rejects with `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_CLOSED` after `close()`, which has freed everything.
   */
  unlock(resource: string | string[]): Promise<void>;
}

/** What has a {@link PSCLocker}. */
export interface PSCLocking {
  /** Locks on names. */
  readonly locker: PSCLocker;
}
