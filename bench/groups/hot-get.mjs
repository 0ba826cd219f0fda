// Keys that a process reads all the time, against a Map.

import { duel } from '../duel.mjs';
import { duelRow } from '../row.mjs';

export async function measure({ quick }) {
  const options = { count: 100_000, hot: 1000, gets: 100_000, passes: quick ? 2 : 10 };
  const times = await duel(
    {
      ours: { module: 'ours', start: 'hotGet', options },
      call: { module: 'ours', start: 'hotGet', options, env: { PSC_NATIVE_INDEX: 'call' } },
      Map: { module: 'bare', start: 'mapGet', options },
      'Map of the hot': { module: 'bare', start: 'mapGet', options: { ...options, count: 1000 } },
    },
    { rounds: quick ? 7 : 31 },
  );
  return [
    duelRow(times, { name: 'hot get', ours: 'ours', peer: 'Map', target: { atMost: 2 } }),
    duelRow(times, {
      name: 'hot get, N-API check',
      ours: 'call',
      peer: 'Map',
      target: { atMost: 10 },
    }),
    duelRow(times, {
      name: 'hot get, small Map',
      ours: 'ours',
      peer: 'Map of the hot',
      peerName: 'Map of 1,000',
      note: 'beside a Map that holds nothing but the 1,000 hot keys.',
    }),
  ];
}
