import type { StorageAdapter, SyncAdapter } from '../types';

const storages = new WeakMap<SyncAdapter, StorageAdapter>();

/** Says which storage mirrors on this transport use where none is given to them. */
export function attachStorage(syncAdapter: SyncAdapter, storage: StorageAdapter): void {
  storages.set(syncAdapter, storage);
}

/** The storage attached to this very transport, if there is one. */
export function attachedStorage(syncAdapter: SyncAdapter): StorageAdapter | undefined {
  return storages.get(syncAdapter);
}
