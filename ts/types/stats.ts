/** Reads, since they are counted. */
export interface PSCReadStats {
  /** Reads that found a value. */
  readonly hits: number;
  /** Reads that found none. */
  readonly misses: number;
  /** Hits that decoded nothing, because the value was remembered. */
  readonly memoHits: number;
  /** `memoHits` of all hits, 0 to 1; 0 without a hit. */
  readonly memoHitRate: number;
}

/** What an adapter's scope holds, and how this adapter reads it. */
export interface PSCScopeStats extends PSCReadStats {
  /** Entries; undefined where they are in a storage of the user's own. */
  readonly entries: number | undefined;
  /** Bytes of them, keys and bookkeeping included. */
  readonly bytes: number | undefined;
}

/** What the whole cache holds, and how this process reads it, through whatever adapter and scope. */
export interface PSCTotalStats extends PSCReadStats {
  /** Entries of all scopes. */
  readonly entries: number | undefined;
  /** Bytes of them, keys and bookkeeping included. */
  readonly bytes: number | undefined;
  /** The bound of everything; undefined where the user's own storage has it. */
  readonly maxBytes: number | undefined;
  /** What of it entries can have; less than was asked for where the file system was full. */
  readonly capacityBytes: number | undefined;
  /** Entries of any scope that left for room, by whatever process, since the cache was made. */
  readonly evictions: number;
  /** Entries of any scope whose time was over, likewise. */
  readonly expirations: number;
}

/**
 * Counts of an adapter. Of one that maps the cache itself, they are of the cache that all processes share, and zero until
 * it has joined it; of a mirror they are of its copy, so that `scope` and `total` are about the same entries.
 */
export interface PSCAdapterStats {
  /** Of the adapter's scope. Evictions are not counted by scope: scopes keep no state, or a million would cost. */
  readonly scope: PSCScopeStats;
  /** Of all scopes. */
  readonly total: PSCTotalStats;
  /**
   * How many writes of this adapter were refused, by the code of the error: what cannot be encoded, is too large, and so on.
   * The first of each code is also told by a warning of the process with the code `PSC_WRITE_REFUSED`.
   */
  readonly refused: Readonly<Record<string, number>>;
}

/** Asking an adapter for its counts. */
export interface PSCStatistics {
  /**
   * The counts at this moment. Entries and bytes of a scope are counted by a walk over the index of the cache: some ten
   * milliseconds for 64 MiB, so ask now and then.
   */
  stats(): PSCAdapterStats;
}
