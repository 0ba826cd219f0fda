// Sets up, so that nobody measures a stale binary, then runs the benchmarks.
//   --session   those of sessions, instead of those of the cache
//   --server    what servers hold that make an alova instance for each request

import { runAsScript } from './failure.mjs';
import { runScript } from './run.mjs';
import { setup } from './setup.mjs';

const SUBJECTS = [
  { option: '--session', program: 'bench/session/index.mjs' },
  { option: '--server', program: 'bench/server.mjs' },
];

await runAsScript(import.meta.url, async () => {
  await setup();
  const args = process.argv.slice(2);
  const subject = SUBJECTS.find(({ option }) => args.includes(option));
  return runScript(subject?.program ?? 'bench/index.mjs', args);
});
