// Sets up, so that nobody measures a stale binary, then runs the benchmarks inside Electron.

import { runAsScript } from './failure.mjs';
import { runScript } from './run.mjs';
import { setup } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setup();
  return runScript('bench/electron/run.mjs', process.argv.slice(2));
});
