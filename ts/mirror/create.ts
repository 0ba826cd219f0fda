import { checkAdapterOptions, checkStorage, checkSyncAdapter } from '../checks';
import { PSCError } from '../errors';
import { BoundedStorage } from '../storage/bounded';
import type {
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  StorageAdapter,
  SyncAdapter,
} from '../types';
import { Mirror } from './mirror';
import { runtime as defaultRuntime } from './runtime';
import { TaskClock } from './taskClock';
import { Values } from './values';

/**
 * Creates a mirror: a shared storage for a process that cannot map the store. It asks for the state of its scope at
 * once, with one event, which empties `storage` first.
 *
 * @param storage - Where the mirror keeps its entries. By default in memory, at most `memoBytes` and 100,000 entries;
 *   what was neither set nor read lately is dropped first.
 *
 * Throws `ERR_PSC_INVALID_OPTION` or `ERR_PSC_INVALID_SCOPE`.
 */
export function createMirror(
  syncAdapter: SyncAdapter,
  storage?: StorageAdapter,
  options: ProcessSharedCacheAdapterOptions = {},
  runtime = defaultRuntime,
): PSCStorageAdapter {
  checkSyncAdapter(syncAdapter);
  checkAdapterOptions(options);
  if (storage !== undefined) checkStorage(storage);
  const own = storage === undefined ? new BoundedStorage(options.memoBytes) : undefined;
  const values = new Values(options, runtime, own !== undefined);
  const kept = own ?? (storage as StorageAdapter);
  const parts = { syncAdapter, storage: kept, scope: options.scope, values, runtime };
  const mirror = new Mirror(parts);
  const get = <T>(key: string) => mirror.get(key) as T | undefined;
  // Functions of its own, and nothing else: `contextBridge` drops prototypes.
  const adapter: PSCStorageAdapter = {
    set: promising((key: string, value: unknown) => mirror.set(key, value)),
    get: own === undefined || options.copy === true ? get : shortcut(mirror, own, get, runtime.now),
    remove: promising((key: string) => mirror.remove(key)),
    clear: promising(() => mirror.clear()),
    ...unshared(),
    close() {
      mirror.close();
      own?.clear();
    },
    ready: mirror.ready,
  };
  return disposable(adapter);
}

/** Locks go through the synchronizer, which this mirror cannot ask yet. */
function unshared(): Pick<PSCStorageAdapter, 'getOrSet' | 'locker'> {
  const refuse = () => {
    const message = 'Locks and `getOrSet` are there for adapters on `NodeSyncAdapter()` alone.';
    return Promise.reject(new PSCError('ERR_PSC_NOT_ALLOWED', message));
  };
  return { getOrSet: refuse, locker: { lock: refuse, unlock: refuse } };
}

/** Reads the storage itself where that tells the same, with one look into a Map. */
function shortcut(
  mirror: Mirror,
  storage: BoundedStorage,
  get: PSCStorageAdapter['get'],
  now: () => number,
): PSCStorageAdapter['get'] {
  const clock = new TaskClock(now);
  return <T>(key: string) => {
    if (mirror.isCalm) {
      const value = storage.read(key, clock.now);
      if (value !== undefined) return value as T;
    }
    return get<T>(key);
  };
}

/** Makes a function reject where it would throw, and its rejections nobody's fault who does not look at them. */
function promising<A extends unknown[]>(
  run: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      const rejected = Promise.reject(error);
      rejected.catch(() => {});
      return rejected;
    }
  };
}

/** Lets `using` close the adapter where the runtime knows it. */
function disposable(adapter: PSCStorageAdapter): PSCStorageAdapter {
  const dispose = (Symbol as { readonly dispose?: symbol }).dispose;
  if (dispose === undefined) return adapter;
  return Object.defineProperty(adapter, dispose, { value: adapter.close });
}
