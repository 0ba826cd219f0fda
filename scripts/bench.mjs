// Sets up, so that nobody measures a stale binary, then runs the benchmarks.
//   --session   those of sessions, instead of those of the cache

import { runAsScript } from './failure.mjs';
import { runScript } from './run.mjs';
import { setup } from './setup.mjs';

await runAsScript(import.meta.url, async () => {
  await setup();
  const args = process.argv.slice(2);
  const ofSessions = args.includes('--session');
  return runScript(ofSessions ? 'bench/session/index.mjs' : 'bench/index.mjs', args);
});
