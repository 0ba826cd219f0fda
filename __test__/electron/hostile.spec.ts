import test from 'ava';
import { counts } from '../helpers/counts';
import { play } from './helpers/scenario';

// A page that has taken over its preload script can send anything. Nobody else may notice.

interface Attacked {
  /** What the two honest windows read afterwards of a key that was there before. */
  readonly read: readonly unknown[];
  readonly toldOfSecret: boolean;
  readonly stats: Readonly<Record<string, number>>;
}

const COUNT = counts(20_000, 200_000);

for (const name of [
  'a flood of writes',
  'a flood of questions',
  'a flood of scopes',
  'a flood of mirrors',
  'a flood of nonsense',
  'text that is no JSON',
  'values of 100 MB',
  'keys of 100 MB',
]) {
  test(`after ${name}, other windows go on, and a scope that is not allowed stays closed`, async (t) => {
    const { result } = await play<Attacked>(t, 'hostile', 'attack', { name, count: COUNT });
    const { read, toldOfSecret, stats } = result;
    // Large values may evict it, as anybody's would: then it is a miss, and nothing else.
    for (const value of read) t.true(value === 'as it was' || value === undefined, String(value));
    t.false(toldOfSecret);
    t.is(stats.failures, 0);
    t.log(JSON.stringify(stats));
  });
}
