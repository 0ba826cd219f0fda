// The storages are alova's, to the compiler too.
import { type AlovaDefaultCacheAdapter, createAlova } from 'alova';
import adapterFetch from 'alova/fetch';
import {
  createMemoryStorage,
  createNullStorage,
  createPSCAdapter,
  type MemoryStorage,
  type MemoryStorageStats,
  NodeSyncAdapter,
  type NullStorage,
} from 'psc-native';

const memory: MemoryStorage = createMemoryStorage({ max: 10, maxBytes: 1e6, ttl: 1000 });
const nothing: NullStorage = createNullStorage();
const asAlova: AlovaDefaultCacheAdapter = nothing;
createAlova({ requestAdapter: adapterFetch(), l1Cache: memory, l2Cache: nothing });
createPSCAdapter(NodeSyncAdapter(), memory);
const value: { id: number } | undefined = memory.get<{ id: number }>('k');
const stats: MemoryStorageStats = memory.stats();
void [asAlova, value, stats];

// @ts-expect-error: a read may miss.
const present: { id: number } = memory.get<{ id: number }>('k');
// @ts-expect-error: there is no such option.
createMemoryStorage({ maxEntries: 1 });
void present;
