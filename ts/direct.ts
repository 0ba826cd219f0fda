import type { ProcessSharedCacheAdapterOptions, PSCStorageAdapter, SyncAdapter } from './types';

/** Makes an adapter that reads and writes the shared store itself. */
export type DirectFactory = (options: ProcessSharedCacheAdapterOptions) => PSCStorageAdapter;

const factories = new WeakMap<SyncAdapter, DirectFactory>();

/**
 * Says that adapters on this transport need no mirror, because their process can map the store. Apart from the
 * transport, so that a user's wrapper around it is an ordinary transport again.
 */
export function registerDirect(syncAdapter: SyncAdapter, factory: DirectFactory): void {
  factories.set(syncAdapter, factory);
}

/** The factory registered for this very transport, if there is one. */
export function directOf(syncAdapter: SyncAdapter): DirectFactory | undefined {
  return factories.get(syncAdapter);
}
