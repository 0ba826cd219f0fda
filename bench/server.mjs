// Serves requests as the article about alova's memory leak has it, with an alova instance for each, on different caches,
// and says what is held after the first half and after the second. Writes bench/results-server.json.
//   --quick   a tenth of the counts, for a look

import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createNodePSCSynchronizer } from '../dist/index.mjs';
import { runAsScript } from '../scripts/failure.mjs';
import { environment } from './environment.mjs';

const PROGRAM = fileURLToPath(new URL('../__test__/fixtures/leaking-server.mjs', import.meta.url));
const RESULTS = new URL('./results-server.json', import.meta.url);
/** V8's nursery has up to 32 MiB, by chance, and is not what anybody holds. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=1'];
const VARIANTS = [
  "alova's default adapters",
  'empty caches',
  'one adapter, reused',
  'an adapter per request',
];
/** 3.3.4 is the release that the article is about. */
const RELEASES = [
  { release: 'alova', version: '3.5.5', requests: 20_000 },
  { release: 'alova-leaking', version: '3.3.4', requests: 2000 },
];

/** A server in a process of its own, that answers one question after the other. */
function start() {
  const child = fork(PROGRAM, { execArgv: FLAGS });
  const heard = () => new Promise((resolve) => child.once('message', resolve));
  const ask = async (verb, ...args) => {
    child.send({ number: 0, verb, args });
    const { value, error } = await heard();
    if (error !== undefined) throw new Error(error.message);
    return value;
  };
  return { ready: heard(), ask, kill: () => child.kill() };
}

const mebibytes = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;

async function measure({ release, version, requests }, variant, id) {
  const server = start();
  try {
    await server.ready;
    await server.ask('open', release, variant, id);
    const halves = [];
    for (let half = 0; half < 2; half += 1) halves.push(await server.ask('serve', requests / 2));
    return {
      alova: version,
      variant,
      requests,
      'heap, MiB': halves.map(({ heap }) => mebibytes(heap)),
      'resident, MiB': halves.map(({ resident }) => mebibytes(resident)),
      seconds: halves.map(({ seconds }) => Math.round(seconds * 10) / 10),
    };
  } finally {
    server.kill();
  }
}

await runAsScript(import.meta.url, async () => {
  const isQuick = process.argv.includes('--quick');
  const id = `psc-native-bench-server-${process.pid}`;
  const stop = await createNodePSCSynchronizer(id, { maxBytes: 2 ** 21 });
  const rows = [];
  for (const { requests, ...release } of RELEASES) {
    for (const variant of VARIANTS) {
      const counted = { ...release, requests: isQuick ? requests / 10 : requests };
      const row = await measure(counted, variant, id);
      rows.push(row);
      const shown = Object.values(row).map((cell) =>
        Array.isArray(cell) ? cell.join(' -> ') : cell,
      );
      console.log(shown.join('  '));
    }
  }
  stop();
  if (isQuick) return 0;
  writeFileSync(RESULTS, `${JSON.stringify({ environment: environment({}), rows }, null, 2)}\n`);
  return 0;
});
