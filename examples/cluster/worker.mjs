// A worker: an ordinary alova instance on the shared cache, which fetches what the primary asks it to fetch.

import process from 'node:process';
import { createAlova } from 'alova';
import adapterFetch from 'alova/fetch';
import { createPSCAdapter, NodeSyncAdapter } from 'psc-native';
import { mappedMemory } from './memory.mjs';

const alova = createAlova({
  baseURL: process.env.ORIGIN_URL,
  requestAdapter: adapterFetch(),
  l1Cache: createPSCAdapter(NodeSyncAdapter()),
  responded: (response) => response.json(),
  cacheLogger: false,
});

/** Fetches the paths one after another. Counts how many were answered by the cache. */
async function fetchAll(paths) {
  let hits = 0;
  const start = performance.now();
  for (const path of paths) {
    const method = alova.Get(path);
    const { id } = await method;
    if (path !== `/articles/${id}`) throw new Error(`${path} was answered with article ${id}.`);
    if (method.fromCache) hits += 1;
  }
  return { requests: paths.length, hits, ms: performance.now() - start };
}

process.on('message', async ({ fetch, measure }) => {
  process.send(measure ? await mappedMemory() : await fetchAll(fetch));
});
// Ctrl-C reaches the primary as well, which then disconnects its workers, whatever they are doing.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
// Only now: what is sent to a worker before it listens is lost.
if (process.connected) process.send('ready');
