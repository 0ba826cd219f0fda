import { invalidOption } from '../checks';
import { registerDirect } from '../direct';
import { registerFollowing } from '../mirror/following';
import type { PSCStorageAdapter, SyncAdapter } from '../types';
import { Connection } from './connection';
import { createNativeAdapter } from './nativeAdapter';
import { NodeTransport } from './transport';

export { createNodePSCSynchronizer, type StopSynchronizer } from './synchronizer';

/**
 * The way to the cache of this application, from any of its processes: cluster workers, forked children, worker
 * threads, and unrelated processes with the same id. `createPSCAdapter` on it reads and writes the cache itself.
 *
 * It is also a sync adapter in its own right, with `@alova/psc`'s events: `send` applies an event to the cache,
 * `receive` tells the changes of every scope that was asked for with `init` through this object. So it may be wrapped.
 *
 * It may be created before the synchronizer. Nothing of it keeps a process alive.
 *
 * @param onConnect - Called once when the cache is there, with a function that disconnects: adapters on this object
 *   are closed then.
 * @param id - The id given to `createNodePSCSynchronizer`; without one, the cache of this application.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`.
 */
export function NodeSyncAdapter(
  onConnect?: (stopFn: () => void) => void,
  id?: string,
): SyncAdapter & { readonly ready: Promise<void> } {
  if (onConnect !== undefined && typeof onConnect !== 'function') {
    throw invalidOption('onConnect', onConnect, 'Give a function, or leave it out.');
  }
  if (id !== undefined && typeof id !== 'string') {
    throw invalidOption(
      'id',
      id,
      'Give a string, or leave it out for the cache of this application.',
    );
  }
  const connection = Connection.of(id);
  const transport = new NodeTransport(connection);
  // Weakly: whoever keeps only the sync adapter does not keep every adapter ever made on it.
  const adapters = new Set<WeakRef<PSCStorageAdapter>>();
  let stopped = false;
  let asked = false;
  const ask = (): void => {
    if (asked || stopped) return;
    asked = true;
    connection.ask();
  };
  const stop = (): void => {
    if (asked && !stopped) connection.askNoMore();
    stopped = true;
    transport.close();
    for (const adapter of adapters) adapter.deref()?.close();
    adapters.clear();
  };
  connection.glance();
  // Never before the caller has what this function returns, for promises resolve later.
  const ready =
    onConnect === undefined ? connection.ready : connection.ready.then(() => onConnect(stop));
  if (onConnect !== undefined) ask();
  const syncAdapter = {
    send: transport.send,
    receive: transport.receive,
    // Who asks for it waits for it; most adapters are used without.
    get ready(): Promise<void> {
      ask();
      return ready;
    },
  };
  const gone = new FinalizationRegistry<WeakRef<PSCStorageAdapter>>((adapter) =>
    adapters.delete(adapter),
  );
  registerFollowing(syncAdapter, transport);
  registerDirect(syncAdapter, (options) => {
    const adapter = createNativeAdapter(connection, options);
    if (stopped) adapter.close();
    const reference = new WeakRef(adapter);
    adapters.add(reference);
    gone.register(adapter, reference);
    return adapter;
  });
  return syncAdapter;
}
