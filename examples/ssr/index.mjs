// A shop that renders its pages on the server: four workers, 200 users, one cache. Run it with `npm run demo:ssr`.

import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createNodePSCSynchronizer } from 'psc-native';
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

const { users, pages, seconds, alone, server, svg } = options();
if (server) shop.program = pathToFileURL(server);

// The workers leave when the primary is gone, and the cache with them.
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => process.exit(exitCode));
}

// An id of this run's own: what an earlier one left behind, if it was killed, is not found.
const cacheId = `ssr-demo-${process.pid}-${Date.now()}`;
const stopSynchronizer = await createNodePSCSynchronizer(cacheId, { maxBytes: MAX_BYTES });

const progress = createProgress();
const runs = [];
try {
  const limits = { users, workers: WORKERS, pages };
  const env = { CACHE_ID: cacheId };
  runs.push(await run({ ...shop, env }, { ...limits, limitMs: Infinity }, progress.show));
  for (const other of alone ? [] : others) {
    runs.push(await run(other, { ...limits, limitMs: seconds * 1000 }, progress.show));
  }
} finally {
  progress.end();
  stopSynchronizer();
}

console.log(`\n${plot(runs, { isColoured: process.stdout.isTTY === true })}\n\n${tableOf(runs)}\n`);
if (svg) await writeFile(svg, picture(runs));

const failures = failuresOf(runs[0]);
for (const sentence of failures) console.error(`Did not hold: ${sentence}`);
if (failures.length === 0) {
  console.log(
    'No page showed what is not its visitor’s, the API was asked once for each thing, and',
  );
  console.log('memory did not grow.');
}
process.exitCode = failures.length === 0 ? 0 : 1;
