import EventEmitter from 'node:events';
import type { ExecutionContext } from 'ava';
import type {
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  PSCSynchronizer,
  SharedCacheEvent,
  StorageAdapter,
  SyncAdapter,
} from '../../ts/types';
import { psc } from './built';
import { synchronize } from './synchronizers';
import { uniqueId } from './unique';

/** Makes an adapter that shares with the others of its world, as one of another process would. */
export type MakeAdapter = (
  options?: ProcessSharedCacheAdapterOptions,
  storage?: StorageAdapter,
) => PSCStorageAdapter;

/** A way to have a shared cache. */
export interface World {
  readonly name: string;
  /** Whether adapters are mirrors. */
  readonly mirrors: boolean;
  /** Starts one of its own for a test. */
  readonly start: (t: ExecutionContext) => Promise<MakeAdapter>;
}

function closing(t: ExecutionContext, make: () => PSCStorageAdapter): PSCStorageAdapter {
  const adapter = make();
  t.teardown(() => adapter.close());
  return adapter;
}

async function onTheRegion(
  t: ExecutionContext,
  transport: (id: string) => SyncAdapter,
): Promise<MakeAdapter> {
  const id = uniqueId(t);
  await synchronize(t, id);
  return (options, storage) =>
    closing(t, () => psc.createPSCAdapter(transport(id), storage, options));
}

/** Whatever a connection asks the environment about, it asks when it is made. */
function transportByCall(id: string): SyncAdapter {
  process.env.PSC_NATIVE_INDEX = 'call';
  try {
    return psc.NodeSyncAdapter(undefined, id);
  } finally {
    delete process.env.PSC_NATIVE_INDEX;
  }
}

/** A wrapper around a transport: an ordinary one again. */
export function wrapped(id: string): SyncAdapter {
  const inner = psc.NodeSyncAdapter(undefined, id);
  return psc.createSyncAdapter({
    send: (event) => inner.send(event),
    receive: (handler) => inner.receive(handler),
    ready: inner.ready,
  });
}

/** A user's transport with everything on it. */
interface EmitterTransport {
  readonly make: MakeAdapter;
  readonly synchronizer: PSCSynchronizer;
  /** What the synchronizer has sent to all. */
  readonly sent: readonly SharedCacheEvent[];
}

/** As a program of `@alova/psc` would write it: events cross as text, and only later. */
export function emitterTransport(t: ExecutionContext): EmitterTransport {
  const sent: SharedCacheEvent[] = [];
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const copy = (event: SharedCacheEvent): SharedCacheEvent => JSON.parse(JSON.stringify(event));
  const post = (to: string, event: SharedCacheEvent) => {
    const sent = copy(event);
    setImmediate(() => emitter.emit(to, sent));
  };
  const synchronizer = psc.createPSCSynchronizer({
    send: (event) => {
      sent.push(event);
      post('mirrors', event);
    },
    receive: (handler) => void emitter.on('synchronizer', (event) => void handler(event)),
  });
  t.teardown(() => synchronizer.close());
  const make: MakeAdapter = (options, storage) => {
    const end: SyncAdapter = {
      send: (event) => post('synchronizer', event),
      receive: (handler) => void emitter.on('mirrors', (event) => void handler(event)),
    };
    return closing(t, () => psc.createPSCAdapter(end, storage, options));
  };
  return { make, synchronizer, sent };
}

export const WORLDS: readonly World[] = [
  {
    name: 'region, memos checked in memory',
    mirrors: false,
    start: (t) => onTheRegion(t, (id) => psc.NodeSyncAdapter(undefined, id)),
  },
  {
    name: 'region, memos checked by a call',
    mirrors: false,
    start: (t) => onTheRegion(t, transportByCall),
  },
  {
    name: "mirrors over a user's transport",
    mirrors: true,
    start: async (t) => emitterTransport(t).make,
  },
  {
    name: 'mirrors over a wrapped NodeSyncAdapter',
    mirrors: true,
    start: (t) => onTheRegion(t, wrapped),
  },
];
