// Sets of keys that exist, one after the other.

import { duel } from '../duel.mjs';
import { duelRow, wall } from '../row.mjs';

export async function measure({ quick }) {
  const options = { count: 100_000 };
  const shared = { ...options, shared: true };
  const times = await duel(
    {
      ours: { module: 'ours', start: 'set', options },
      'JSON.stringify': { module: 'bare', start: 'jsonStringify', options },
      'lmdb putSync': { module: 'lmdb', start: 'putSync', options },
      'lmdb put': { module: 'lmdb', start: 'putBatched', options },
      'lmdb put, shared': { module: 'lmdb', start: 'putBatched', options: shared },
    },
    { rounds: quick ? 3 : 11 },
  );
  const faster =
    wall(times['lmdb put']) < wall(times['lmdb putSync']) ? 'lmdb put' : 'lmdb putSync';
  return [
    duelRow(times, {
      name: 'set',
      ours: 'ours',
      peer: 'JSON.stringify',
      target: { atMost: 2 },
      note: 'ours is awaited, each set; JSON.stringify is not.',
    }),
    duelRow(times, {
      name: 'set, lmdb',
      ours: 'ours',
      peer: faster,
      target: { atLeast: 2.5 },
      note: "ours is awaited, each set; `put` in batches of 1,000. Ratio: lmdb's time over ours.",
    }),
    duelRow(times, {
      name: 'set, lmdb shared',
      ours: 'ours',
      peer: 'lmdb put, shared',
      note: "lmdb with `sharedStructuresKey`. Ratio: ours over lmdb's time.",
    }),
  ];
}
