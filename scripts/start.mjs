// Sets up, then shows the package at work: four cluster workers on one cache, or the example that is named.

import { runAsScript } from './failure.mjs';
import { runScript } from './run.mjs';
import { setup } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setup();
  const [example = 'cluster', ...args] = process.argv.slice(2);
  return runScript(`examples/${example}/index.mjs`, args);
});
