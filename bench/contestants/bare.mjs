// What the engine itself offers, without any sharing.

import { createRequire } from 'node:module';
import { time } from '../loops.mjs';
import { keys, picks, records, shuffled } from '../record.mjs';

const { Region } = createRequire(import.meta.url)('../../native/native.cjs');

/** Gets of a Map that holds `count` keys, of which `hot` are asked for. */
export function mapGet({ count, hot, gets, passes }) {
  const values = records();
  const all = keys(count);
  const map = new Map(all.map((key, at) => [key, values[at % values.length]]));
  const asked = picks(all.slice(0, hot), gets);
  return () => time(asked, passes, (key) => map.get(key)[1]);
}

/** Parses a text of its own for each key, as a cache of texts would have. */
export function jsonParse({ count }) {
  const values = records();
  const texts = keys(count).map((_, at) => JSON.stringify(values[at % values.length]));
  const asked = shuffled(texts, 2);
  return () => time(asked, 1, (text) => JSON.parse(text)[1]);
}

export function jsonStringify({ count }) {
  const values = records();
  const all = keys(count);
  return () => time(all, 1, (_key, at) => JSON.stringify(values[at % values.length]).length);
}

/** A call into native code that reads the key and does nothing. */
export function noop({ count }) {
  const absent = keys(count, 'absent');
  return () => time(absent, 1, (key) => (Region.noop(key) === undefined ? 1 : Number.NaN));
}
