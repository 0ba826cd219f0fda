// lmdb, in memory as ours is, and never waiting for a disk. Its default encoding (MessagePack) unless `shared` asks for
// its shared structures, which are faster as long as all values have the same few shapes.

import { join } from 'node:path';
import { time, timeAwaited } from '../loops.mjs';
import { loadPeer } from '../peers.mjs';
import { keys, records, shuffled } from '../record.mjs';

/** How many batched puts are under way before one is awaited. */
const BATCH = 1000;

function open({ name, scratch, shared = false }) {
  return loadPeer('lmdb').open({
    path: join(scratch, `${name}.mdb`),
    mapSize: 2 ** 30,
    noSync: true,
    ...(shared ? { sharedStructuresKey: Symbol.for('structures') } : {}),
  });
}

async function filled(options) {
  const database = open(options);
  const all = keys(options.count);
  const values = records();
  let last;
  for (let at = 0; at < all.length; at += 1)
    last = database.put(all[at], values[at % values.length]);
  await last;
  return { database, all, values };
}

export async function get(options) {
  const { database, all } = await filled(options);
  const asked = shuffled(all, 2);
  return () => time(asked, 1, (key) => database.get(key)[1]);
}

export async function putSync(options) {
  const { database, all, values } = await filled(options);
  return () =>
    time(all, 1, (key, at) => (database.putSync(key, values[at % values.length]) ? 1 : Number.NaN));
}

/** Puts in batches, as lmdb advises: each batch is one transaction, awaited as a whole. */
export async function putBatched(options) {
  const { database, all, values } = await filled(options);
  const put = (key, at) => {
    const written = database.put(key, values[at % values.length]);
    return at % BATCH === BATCH - 1 ? written : undefined;
  };
  return () => timeAwaited(all, put);
}
