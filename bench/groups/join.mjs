// Joining a cache that is full already, and reading the first value. The package is loaded before, the binary is not.

import { withApplication } from '../application.mjs';
import { startChild } from '../child.mjs';
import { median } from '../numbers.mjs';
import { keys } from '../record.mjs';
import { row } from '../row.mjs';

const VALUE_BYTES = 2048;

function joins(library, count, times) {
  return withApplication(library, { maxBytes: 256 * 2 ** 20 }, async (worker) => {
    const writer = await worker('worker');
    const reader = await worker('worker');
    const all = reader.ask('follow', count);
    await writer.ask('setAll', count, VALUE_BYTES);
    await all;
    const asked = keys(count)[count >> 1];
    const results = [];
    for (let time = 0; time < times; time += 1) {
      const joiner = startChild(new URL('../programs/joiner.mjs', import.meta.url));
      await joiner.ask('load', library);
      results.push(await joiner.ask('join', `psc-native-bench-${library}-${process.pid}`, asked));
      await joiner.end();
    }
    return median(results);
  });
}

export async function measure({ quick }) {
  const few = quick ? 1000 : 5000;
  const ours = await joins('ours', 20_000, 11);
  const oursFew = await joins('ours', few, 11);
  const upstreamFew = await joins('upstream', few, quick ? 1 : 3);
  return [
    row({
      name: 'join 20,000 x 2 KB',
      unit: 'ms',
      ours,
      ratio: ours,
      target: { atMost: 50 },
      note: 'the ratio is the milliseconds themselves.',
    }),
    row({
      name: `join ${few.toLocaleString('en')} x 2 KB`,
      unit: 'ms',
      ours: oursFew,
      peer: upstreamFew,
      peerName: '@alova/psc',
      ratio: oursFew / upstreamFew,
      note: 'fewer entries, for with 20,000 @alova/psc takes about a minute, more than in proportion.',
    }),
  ];
}
