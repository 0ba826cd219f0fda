// psc-native, through its public API.

import { openCache } from '../cache.mjs';
import { time, timeAwaited } from '../loops.mjs';
import { keys, picks, records, shuffled } from '../record.mjs';

async function filled(options) {
  const cache = await openCache(options);
  const all = keys(options.count);
  const values = records();
  for (let at = 0; at < all.length; at += 1) await cache.set(all[at], values[at % values.length]);
  return { cache, all, values };
}

/** Gets of keys that this process reads all the time. */
export async function hotGet(options) {
  const { cache, all } = await filled(options);
  const hot = picks(all.slice(0, options.hot), options.gets);
  return () => time(hot, options.passes, (key) => cache.get(key)[1]);
}

/** First gets: every key was set again since anybody read it. */
export async function firstGet(options) {
  const { cache, all, values } = await filled(options);
  const asked = shuffled(all, 2);
  return async () => {
    for (let at = 0; at < all.length; at += 1) await cache.set(all[at], values[at % values.length]);
    globalThis.gc();
    return time(asked, 1, (key) => cache.get(key)[1]);
  };
}

/** Gets of keys that were read before, but that this process does not remember: its memo holds far fewer. */
export async function laterGet(options) {
  const { cache, all } = await filled(options);
  const asked = shuffled(all, 2);
  return () => time(asked, 1, (key) => cache.get(key)[1]);
}

export async function miss(options) {
  const { cache } = await filled(options);
  const absent = keys(options.count, 'absent');
  return () => time(absent, 1, (key) => (cache.get(key) === undefined ? 1 : Number.NaN));
}

export async function set(options) {
  const { cache, all, values } = await filled(options);
  return () => timeAwaited(all, (key, at) => cache.set(key, values[at % values.length]));
}
