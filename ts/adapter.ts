import { checkAdapterOptions } from './adapterOptions';
import { checkSyncAdapter } from './checks';
import { directOf } from './direct';
import { createMirror } from './mirror/create';
import { attachedStorage } from './storage/attached';
import type {
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  StorageAdapter,
  SyncAdapter,
} from './types';

/** Returns what it is given: helps with the types of a sync adapter of your own. */
export function createSyncAdapter<T extends SyncAdapter>(syncAdapter: T): T {
  return syncAdapter;
}

/**
 * Creates a storage for alova's `l1Cache` or `l2Cache` that all processes of a scope share.
 *
 * On `NodeSyncAdapter()` and without a storage of your own, it reads and writes the shared store itself. Otherwise it
 * is a mirror: it keeps a copy of its scope, sends what it writes to the synchronizer and follows the one order that
 * comes back. Either way reads are synchronous, a value set by one process is seen by all, and all agree on it
 * whatever raced.
 *
 * @param syncAdapter - The transport to the synchronizer.
 * @param storage - Where a mirror keeps its copy; cleared when it joins. By default in memory, within `memoBytes`.
 * @param options - See {@link ProcessSharedCacheAdapterOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION` or `ERR_PSC_INVALID_SCOPE`.
 */
export function createPSCAdapter(
  syncAdapter: SyncAdapter,
  storage?: StorageAdapter,
  options: ProcessSharedCacheAdapterOptions = {},
): PSCStorageAdapter {
  checkSyncAdapter(syncAdapter);
  const kept = storage ?? attachedStorage(syncAdapter);
  const direct = directOf(syncAdapter);
  if (direct === undefined || kept !== undefined) return createMirror(syncAdapter, kept, options);
  checkAdapterOptions(options);
  return direct(options);
}

/**
 * {@link createPSCAdapter} as a class, as `@alova/psc` has it, with the storage first. An instance has its functions
 * as properties of its own, so it passes through `contextBridge` as well.
 */
export class PSCAdapter implements PSCStorageAdapter {
  declare readonly set: PSCStorageAdapter['set'];
  declare readonly get: PSCStorageAdapter['get'];
  declare readonly remove: PSCStorageAdapter['remove'];
  declare readonly clear: PSCStorageAdapter['clear'];
  declare readonly getOrSet: PSCStorageAdapter['getOrSet'];
  declare readonly locker: PSCStorageAdapter['locker'];
  declare readonly update: PSCStorageAdapter['update'];
  declare readonly increment: PSCStorageAdapter['increment'];
  declare readonly close: PSCStorageAdapter['close'];
  declare readonly ready: PSCStorageAdapter['ready'];
  declare readonly on: PSCStorageAdapter['on'];
  declare readonly stats: PSCStorageAdapter['stats'];

  /** As {@link createPSCAdapter}. */
  constructor(
    storage: StorageAdapter,
    syncAdapter: SyncAdapter,
    options?: ProcessSharedCacheAdapterOptions,
  ) {
    const adapter = createPSCAdapter(syncAdapter, storage, options);
    Object.defineProperties(this, Object.getOwnPropertyDescriptors(adapter));
  }
}
