// Measures sessions beside birpc, async-call-rpc and the bare transport, over worker threads and over fork, and writes
// bench/session/results.json.
//   --quick   a tenth of the counts, for a look

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAsScript } from '../../scripts/failure.mjs';
import { startChild } from '../child.mjs';
import { environment } from '../environment.mjs';
import { median, quantile, rounded } from '../numbers.mjs';
import { row } from '../row.mjs';
import { printTable } from '../table.mjs';
import { LIBRARIES } from './libraries.mjs';
import { installSessionPeers, SESSION_PEERS } from './peers.mjs';

const TRANSPORTS = ['thread', 'fork'];
const WARM_UP_ROUNDS = 2;
const perSecond = (nanoseconds) => 1e9 / nanoseconds;

/** What each contestant used in each round, by name. They take turns, so that noise hits all alike. */
async function measure(transport, { rounds, inARow, atOnce }) {
  const names = Object.keys(LIBRARIES);
  const children = new Map();
  const used = Object.fromEntries(names.map((name) => [name, []]));
  try {
    for (const name of names) {
      const child = startChild(new URL('./caller.mjs', import.meta.url));
      children.set(name, child);
      await child.ask('prepare', transport, name);
    }
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(turn + round + WARM_UP_ROUNDS) % names.length];
        const times = await children.get(name).ask('round', inARow, atOnce);
        if (round >= 0) used[name].push(times);
      }
    }
    return used;
  } finally {
    for (const child of children.values()) await child.end();
  }
}

/** The ratio of two contestants, taken within each round. */
function ratioOf(rounds, others, field) {
  const ratios = rounds.map((round, at) => round[field] / others[at][field]);
  const spread = [rounded(quantile(ratios, 0.25)), rounded(quantile(ratios, 0.75))];
  return { ratio: median(ratios), spread };
}

function rowsOf(transport, used) {
  const times = (name, field) => median(used[name].map((round) => round[field]));
  const rows = [
    row({
      name: `${transport}: one call at a time, p50`,
      unit: 'ns',
      ours: times('ours', 'p50'),
      peer: times('bare', 'p50'),
      peerName: 'the bare transport',
      ...ratioOf(used.ours, used.bare, 'p50'),
      target: { atMost: 1.25 },
    }),
  ];
  for (const [field, what] of [
    ['sequential', 'one call at a time'],
    ['concurrent', '1000 calls at once'],
  ]) {
    for (const peer of ['birpc', 'async-call-rpc']) {
      rows.push(
        row({
          name: `${transport}: ${what}`,
          unit: '/s',
          ours: perSecond(times('ours', field)),
          peer: perSecond(times(peer, field)),
          peerName: peer,
          ...ratioOf(used[peer], used.ours, field),
          target: { atLeast: 1 },
        }),
      );
    }
  }
  return rows;
}

await runAsScript(import.meta.url, async () => {
  const quick = process.argv.includes('--quick');
  const part = quick ? 10 : 1;
  const counts = { rounds: quick ? 3 : 15, inARow: 5000 / part, atOnce: 20_000 / part };
  await installSessionPeers();
  const rows = [];
  for (const transport of TRANSPORTS) {
    process.stdout.write(`measuring sessions over ${transport} … `);
    const start = Date.now();
    rows.push(...rowsOf(transport, await measure(transport, counts)));
    console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
  printTable(rows);
  if (quick) return 0;
  const results = { ...environment(SESSION_PEERS), rows };
  const file = join(import.meta.dirname, 'results.json');
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log('\nWritten to bench/session/results.json.');
  return 0;
});
