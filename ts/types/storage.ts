import type { PSCAtomics } from './atomic';
import type { PSCChanges } from './changes';
import type { PSCFlights } from './flight';
import type { PSCLocking } from './locker';
import type { PSCStatistics } from './stats';

/**
 * Where a mirror may keep its entries: an alova storage adapter, synchronous or not. It is cleared when the mirror
 * joins.
 */
export interface StorageAdapter {
  /** Keeps a value. */
  set(key: string, value: unknown): unknown;
  /**
   * The value; undefined, or null, for a miss: a `null` that was set reads as a miss from a storage of your own. Where it
   * returns a promise, so does the PSC adapter.
   */
  get<T>(key: string): T | undefined | Promise<T | undefined>;
  /** Forgets a key. */
  remove(key: string): unknown;
  /** Forgets all keys. */
  clear(): unknown;
}

/**
 * What `createPSCAdapter` returns: a storage adapter for alova's `l1Cache` or `l2Cache`, shared by all processes of a
 * scope. A plain object whose functions are its own properties, so that it passes through Electron's
 * `contextBridge`. Has `Symbol.dispose` where the runtime has that symbol.
 *
 * No method throws; all report errors by rejecting, except `get`, `on` and `stats`, which return no promise. A rejection
 * that nobody handles is not reported to the process: a cache that cannot write must not end its host.
 */
export interface PSCStorageAdapter
  extends PSCAtomics,
    PSCFlights,
    PSCLocking,
    PSCChanges,
    PSCStatistics {
  /**
   * Sets a key. Reads in this process see the value when the call returns; the promise resolves when the write is
   * settled: it has its place in the one order, and no later reader finds an older value. While there is no synchronizer, it
   * resolves after 250 ms at most: the value is read here, and shared as soon as there is one.
   *
   * Rejects with `ERR_PSC_INVALID_KEY`, `ERR_PSC_SERIALIZE` or `ERR_PSC_QUEUE_FULL` having changed nothing; with the
   * error of the store (`ERR_PSC_VALUE_TOO_LARGE`, …) if that refused it, and the key then reads as before; with
   * `ERR_PSC_TIMEOUT` if nobody settled it in time; with `ERR_PSC_CLOSED`.
   */
  set(key: string, value: unknown): Promise<void>;
  /**
   * The value, synchronously; undefined for a miss. A promise only if the user's own storage returns one.
   *
   * Throws `ERR_PSC_INVALID_KEY`, and `ERR_PSC_CLOSED` after `close()`.
   */
  get<T>(key: string): T | undefined;
  /** Removes a key. Promises and rejects as {@link PSCStorageAdapter.set}. */
  remove(key: string): Promise<void>;
  /**
   * Removes every entry of the scope that was set before. Promises and rejects as {@link PSCStorageAdapter.set}; for
   * each key, not as one step across all keys.
   */
  clear(): Promise<void>;
  /**
   * Leaves. Writes that are not settled reject with `ERR_PSC_CLOSED`; those already sent may still be applied. Any
   * number of calls is one.
   */
  close(): void;
  /**
   * Resolves when this process has what the others have set before. Rejects with `ERR_PSC_CLOSED` if the adapter was
   * closed first. Reading and writing need not wait for it.
   */
  readonly ready: Promise<void>;
}
