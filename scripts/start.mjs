// Sets up, then shows the package at work: four cluster workers on one cache.

import { runAsScript } from './failure.mjs';
import { runScript } from './run.mjs';
import { setup } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setup();
  return runScript('examples/cluster/index.mjs', process.argv.slice(2));
});
