import type { ValueCodec } from './options';

/** Options of `createMemoryStorage`. */
export interface MemoryStorageOptions {
  /**
   * Most entries. Beyond it, the least recently used leave.
   * @default no limit but `maxBytes`
   */
  max?: number | undefined;
  /**
   * Bound of all entries, in bytes: encoded values, keys, and 256 for each. Beyond it, the least recently used leave. A
   * value that is larger than all of it is not kept.
   * @default 64 MiB
   */
  maxBytes?: number | undefined;
  /**
   * Milliseconds that an entry lives after it was set, where alova's own record does not say.
   * @default entries do not expire
   */
  ttl?: number | undefined;
  /**
   * How values are encoded. `'structured'` also takes Date, Map, Set, BigInt, typed arrays, undefined and cycles.
   * @default 'json'
   */
  codec?: 'json' | 'structured' | ValueCodec | undefined;
  /**
   * Whether each `get` returns a copy of its own. Otherwise readers share one object while it is remembered.
   * @default false
   */
  copy?: boolean | undefined;
  /**
   * Bound, in estimated bytes, of the decoded values that are remembered beside the encoded ones, the hottest only.
   * @default 640 KiB
   */
  memoBytes?: number | undefined;
}

/** Counts of a memory storage, since it was made. */
export interface MemoryStorageStats {
  /** Entries held. */
  readonly entries: number;
  /** Bytes of them, of what `maxBytes` bounds. */
  readonly bytes: number;
  /** The bound. */
  readonly maxBytes: number;
  /** Entries that left for room, and values that were too large to be kept. */
  readonly evictions: number;
  /** Entries whose time was over. */
  readonly expirations: number;
  /** Reads that found a value. */
  readonly hits: number;
  /** Reads that found none. */
  readonly misses: number;
  /** Hits that decoded nothing. */
  readonly memoHits: number;
  /** `memoHits` of all hits, 0 to 1; 0 without a hit. */
  readonly memoHitRate: number;
}

/**
 * What `createMemoryStorage` returns: alova's storage adapter, synchronous. A plain object whose functions are its own
 * properties.
 */
export interface MemoryStorage {
  /**
   * Keeps a value. One that is larger than `maxBytes` is not kept, and the key is a miss then.
   *
   * Throws `ERR_PSC_INVALID_KEY`, `ERR_PSC_KEY_TOO_LARGE`, `ERR_PSC_SERIALIZE`, having changed nothing.
   */
  set(key: string, value: unknown): void;
  /** The value, the same object while it is remembered; undefined for a miss. Throws `ERR_PSC_INVALID_KEY`. */
  get<T>(key: string): T | undefined;
  /** Forgets a key. Throws `ERR_PSC_INVALID_KEY`. */
  remove(key: string): void;
  /** Forgets all keys. */
  clear(): void;
  /** The counts so far. */
  stats(): MemoryStorageStats;
}
