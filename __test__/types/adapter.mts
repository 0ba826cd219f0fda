// What a PSC adapter is to the compiler: alova's storage, and no more permissive than it should be.
import type { AlovaGlobalCacheAdapter } from 'alova';
import { createAlova } from 'alova';
import adapterFetch from 'alova/fetch';
import {
  createNodePSCSynchronizer,
  createPSCAdapter,
  ExplicitCacheAdapter,
  NodeSyncAdapter,
  PSCAdapter,
  type PSCStorageAdapter,
} from 'psc-native';

const adapter: PSCStorageAdapter = createPSCAdapter(NodeSyncAdapter());
const storage: AlovaGlobalCacheAdapter = adapter;
createAlova({ requestAdapter: adapterFetch(), l1Cache: adapter, l2Cache: storage });
createAlova({
  requestAdapter: adapterFetch(),
  l1Cache: new PSCAdapter(new ExplicitCacheAdapter(), NodeSyncAdapter(), { scope: 'l1' }),
});

const value: { id: number } | undefined = adapter.get<{ id: number }>('k');
const settled: Promise<void> = adapter.set('k', value);
const stop: Promise<() => void> = createNodePSCSynchronizer('id', {
  maxBytes: 2 ** 26,
  unref: true,
});
void [settled, stop];

// @ts-expect-error: a read may miss.
const present: { id: number } = adapter.get<{ id: number }>('k');
// @ts-expect-error: keys are strings.
adapter.set(1, 'x');
// @ts-expect-error: a scope is a string.
createPSCAdapter(NodeSyncAdapter(), undefined, { scope: 1 });
// @ts-expect-error: there is no such option.
createNodePSCSynchronizer('id', { maxbytes: 1 });
// @ts-expect-error: a codec has both directions.
createPSCAdapter(NodeSyncAdapter(), undefined, { codec: { encode: String } });
void present;
