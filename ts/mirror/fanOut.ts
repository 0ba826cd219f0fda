import type { SharedCacheEvent, SyncAdapter } from '../types';
import { readsText } from './carried';

type Receiver = (event: SharedCacheEvent) => void;

const receiversOf = new WeakMap<SyncAdapter, Set<Receiver>>();

/**
 * Hands every event of a transport to all mirrors on it, through one `receive` per sync-adapter object (M7): ten
 * thousand adapters add no listener beyond the first.
 *
 * @returns what takes the receiver out again.
 */
export function subscribe(syncAdapter: SyncAdapter, receiver: Receiver): () => void {
  const known = receiversOf.get(syncAdapter);
  const receivers = known ?? new Set<Receiver>();
  receivers.add(receiver);
  if (known === undefined) {
    receiversOf.set(syncAdapter, receivers);
    const tell = (event: SharedCacheEvent) => {
      // A copy, because a receiver may close itself or open another while it is told.
      for (const each of [...receivers]) each(event);
    };
    readsText(tell);
    syncAdapter.receive(tell);
  }
  return () => {
    receivers.delete(receiver);
  };
}
