// Sets into a full cache: each needs room, which the oldest entries have to leave. A round resolves to the microseconds
// of every set.

import { join } from 'node:path';
import { openCache } from '../cache.mjs';
import { loadPeer } from '../peers.mjs';
import { keys, valuesBetween } from '../record.mjs';

const PAGE_BYTES = 4096;

function sets(set, { count, sets, bytes }) {
  const all = keys(count);
  const values = valuesBetween(200, 65_536, 1000);
  // Bytes need no encoding: what is left is the store.
  if (bytes) for (const entry of values) entry.value = Buffer.alloc(entry.bytes, 'n');
  let at = 0;
  const next = () => {
    at += 1;
    return set(all[at % all.length], values[at % values.length]);
  };
  return {
    async fill(bytes) {
      const mean = values.reduce((sum, { bytes }) => sum + bytes, 0) / values.length;
      for (let left = (1.5 * bytes) / mean; left > 0; left -= 1) await next();
    },
    async round() {
      const times = [];
      for (let left = sets; left > 0; left -= 1) {
        const start = performance.now();
        await next();
        times.push((performance.now() - start) * 1000);
      }
      return times;
    },
  };
}

export async function ours(options) {
  const same = { encode: (value) => value, decode: (value) => value };
  const cache = await openCache(options, options.bytes ? { codec: same } : {});
  const { fill, round } = sets((key, { value }) => cache.set(key, value), options);
  await fill(options.maxBytes);
  return round;
}

/** Keeps as many bytes as ours, in whole pages, and removes its oldest keys in the transaction that sets. */
async function lmdb(options, transact) {
  const { name, scratch, maxBytes, bytes } = options;
  const path = join(scratch, `${name}.mdb`);
  const encoding = bytes ? 'binary' : 'msgpack';
  const database = loadPeer('lmdb').open({ path, mapSize: 4 * maxBytes, noSync: true, encoding });
  const oldest = new Map();
  let kept = 0;
  const { fill, round } = sets((key, { value, bytes }) => {
    const pages = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
    return transact(database, (put, remove) => {
      if (oldest.has(key)) throw new Error('The keys came round too soon');
      while (kept + pages > maxBytes) {
        const [first, freed] = oldest.entries().next().value;
        oldest.delete(first);
        kept -= freed;
        remove(first);
      }
      oldest.set(key, pages);
      kept += pages;
      put(key, value);
    });
  }, options);
  await fill(maxBytes);
  return round;
}

export function lmdbSync(options) {
  return lmdb(options, (database, write) =>
    database.transactionSync(() =>
      write(
        (key, value) => database.putSync(key, value),
        (key) => database.removeSync(key),
      ),
    ),
  );
}

export function lmdbBatch(options) {
  return lmdb(options, (database, write) =>
    database.batch(() =>
      write(
        (key, value) => void database.put(key, value),
        (key) => void database.remove(key),
      ),
    ),
  );
}
