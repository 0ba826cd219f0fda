// Keys that nobody has set: alova asks for some after every response.

import { duel } from '../duel.mjs';
import { duelRow } from '../row.mjs';

export async function measure({ quick }) {
  const options = { count: 100_000 };
  const times = await duel(
    {
      ours: { module: 'ours', start: 'miss', options },
      'no-op call': { module: 'bare', start: 'noop', options },
    },
    { rounds: quick ? 7 : 31 },
  );
  return [
    duelRow(times, { name: 'miss', ours: 'ours', peer: 'no-op call', target: { atMost: 2 } }),
  ];
}
