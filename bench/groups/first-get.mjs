// The first get of a key in a process: the value has to be found, carried over and decoded.

import { duel } from '../duel.mjs';
import { duelRow } from '../row.mjs';

export async function measure({ quick }) {
  const options = { count: 100_000 };
  const times = await duel(
    {
      ours: { module: 'ours', start: 'firstGet', options },
      later: { module: 'ours', start: 'laterGet', options },
      'JSON.parse': { module: 'bare', start: 'jsonParse', options },
      lmdb: { module: 'lmdb', start: 'get', options },
      'lmdb, shared': { module: 'lmdb', start: 'get', options: { ...options, shared: true } },
    },
    { rounds: quick ? 5 : 15 },
  );
  return [
    duelRow(times, {
      name: 'first get',
      ours: 'ours',
      peer: 'JSON.parse',
      target: { atMost: 1.7 },
    }),
    duelRow(times, {
      name: 'get, not remembered',
      ours: 'later',
      peer: 'JSON.parse',
      note: 'of keys that were read before, far more than the memo holds.',
    }),
    duelRow(times, {
      name: 'first get, lmdb',
      ours: 'ours',
      peer: 'lmdb',
      target: { atLeast: 1.5 },
      note: "lmdb's default encoding. Ratio: lmdb's time over ours.",
    }),
    duelRow(times, {
      name: 'first get, lmdb shared',
      ours: 'ours',
      peer: 'lmdb, shared',
      note: "lmdb with `sharedStructuresKey`, at its best here: all values have one shape. Ratio: ours over lmdb's time.",
    }),
  ];
}
