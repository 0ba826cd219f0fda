// A shop that renders its pages on the server: four workers, 200 users, one cache. Run it with `npm run demo:ssr`.

import cluster from 'node:cluster';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter } from 'psc-native';
import { options } from './demo/options.mjs';
import { picture } from './demo/picture.mjs';
import { plot } from './demo/plot.mjs';
import { createProgress } from './demo/progress.mjs';
import { tableOf } from './demo/report.mjs';
import { run } from './demo/run.mjs';
import { others, shop } from './demo/servers.mjs';
import { failuresOf } from './demo/verdict.mjs';

const WORKERS = 4;
const MAX_BYTES = 32 * 1024 * 1024;
const HELD =
  'No page showed what is not its visitor’s, the API was asked once for each thing, and memory did not grow.';

const { users, pages, seconds, alone, server, svg } = options();
if (server) shop.program = pathToFileURL(server);

let interrupted = false;
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    interrupted = true;
    process.exitCode = exitCode;
    // The run that is under way ends for want of them.
    cluster.disconnect();
  });
}

const stopSynchronizer = await createNodePSCSynchronizer(undefined, { maxBytes: MAX_BYTES });
// An earlier run that was killed may have left its cache behind, still warm. Its sessions are not this one's; what was
// everybody's is.
const everybody = createPSCAdapter(NodeSyncAdapter(), undefined, { scope: 'everybody' });
await everybody.clear();
everybody.close();

const progress = createProgress();

async function runAll() {
  const limits = { users, workers: WORKERS, pages };
  const runs = [await run(shop, { ...limits, limitMs: Infinity }, progress.show)];
  for (const other of alone ? [] : others) {
    runs.push(await run(other, { ...limits, limitMs: seconds * 1000 }, progress.show));
  }
  return runs;
}

async function report(runs) {
  const isColoured = process.stdout.isTTY === true;
  console.log(`\n${plot(runs, { isColoured })}\n\n${tableOf(runs)}\n`);
  if (svg) await writeFile(svg, picture(runs));
  const failures = failuresOf(runs[0]);
  for (const sentence of failures) console.error(`Did not hold: ${sentence}`);
  if (failures.length > 0) process.exitCode = 1;
  else console.log(HELD);
}

try {
  const runs = await runAll();
  progress.end();
  await report(runs);
} catch (error) {
  progress.end();
  if (!interrupted) {
    console.error(error.message);
    process.exitCode = 1;
  }
} finally {
  stopSynchronizer();
}
