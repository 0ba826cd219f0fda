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

interface Weighed {
  readonly rounds: readonly {
    /** For how many ms main was blocked by the messages to a listener that does nothing. */
    readonly empty: number;
    /** The same of the messages to us. */
    readonly attacked: number;
    /** What a round trip of another window took, in ms. */
    readonly before: number;
    readonly after: number;
  }[];
}

const COUNT = counts(20_000, 200_000);
/** Far from what is meant to hold, which `npm run bench:electron` measures: a test may run on a machine that is busy. */
const AT_MOST = 10;

const ATTACKS = [
  'a flood of writes',
  'a flood of questions',
  'a flood of questions for one key',
  'a flood of scopes',
  'a flood of mirrors',
  'a flood of nonsense',
  'text that is no JSON',
  'values of 100 MB',
  'keys of 100 MB',
];

for (const name of ATTACKS) {
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

// One message blocks nobody.
for (const name of ATTACKS.filter((each) => !each.startsWith('text'))) {
  test(`${name} does not block the main process much longer than if nobody listened, nor other windows afterwards`, async (t) => {
    const options = { name, count: COUNT, rounds: 3, trips: 100 };
    const { result } = await play<Weighed>(t, 'hostile', 'weigh', options);
    const ratios = (of: (round: Weighed['rounds'][number]) => number) =>
      result.rounds.map(of).sort((a, b) => a - b) as [number, number, number];
    const [, block] = ratios(({ attacked, empty }) => attacked / empty);
    const [, trip] = ratios(({ after, before }) => after / before);
    t.log(`blocked ${block.toFixed(2)} times as long, round trips ${trip.toFixed(2)} afterwards`);
    t.true(block <= AT_MOST);
    t.true(trip <= AT_MOST);
  });
}
