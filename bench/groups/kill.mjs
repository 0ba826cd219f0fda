// The next set after a writer was killed: how long the dead one holds up the living.

import { withApplication } from '../application.mjs';
import { median, rounded } from '../numbers.mjs';
import { row } from '../row.mjs';

/** Of a writer's values: with large ones, more of its time is spent where nobody else may write. */
const VALUE_BYTES = [244, 65_536];

export async function measure({ quick }) {
  const kills = quick ? 10 : 60;
  const results = await withApplication('ours', { maxBytes: 64 * 2 ** 20 }, async (worker) => {
    const survivor = await worker('survivor');
    const outcomes = [];
    for (let kill = 0; kill < kills; kill += 1) {
      outcomes.push(await survivor.ask('kill', VALUE_BYTES[kill % VALUE_BYTES.length]));
    }
    return outcomes;
  });
  const sets = results.map(({ set }) => set);
  const gone = results.map(({ gone }) => gone);
  const beyond = Math.max(...results.map(({ set, gone }) => Math.max(0, set - gone)));
  const waited = results.filter(({ set }) => set > 1).length;
  return [
    row({
      name: 'set after SIGKILL, median',
      unit: 'ms',
      ours: median(sets),
      peer: median(gone),
      peerName: 'process gone',
    }),
    row({
      name: 'set after SIGKILL, longest',
      unit: 'ms',
      ours: Math.max(...sets),
      peer: Math.max(...gone),
      peerName: 'process gone',
      ratio: beyond,
      target: { atMost: 100 },
      note:
        `the ratio is the most milliseconds that a set took beyond the end of the killed process. ${kills} kills; ` +
        `${waited} sets took more than 1 ms; longest ${rounded(Math.max(...sets))} ms from the kill.`,
    }),
  ];
}
