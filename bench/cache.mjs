// A cache of ours, in a folder of the bench.

import { createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter } from '../dist/index.mjs';

/** Opens a cache, with this process as its synchronizer. What is not given is as a user has it by default. */
export async function openCache({ name, scratch, maxBytes }, adapterOptions = {}) {
  const id = `psc-native-bench-${name}-${process.pid}`;
  await createNodePSCSynchronizer(id, {
    directory: scratch,
    maxBytes,
    unref: true,
  });
  const cache = createPSCAdapter(NodeSyncAdapter(undefined, id), undefined, adapterOptions);
  await cache.ready;
  return cache;
}
