// Makes the repository ready to run: checks the machine, installs what the lock files name, builds
// what is stale. `npm start` and `npm test` begin here, so that nobody tests an old binary.

import { build, buildFailpoints } from './build.mjs';
import { fetchCrates, installPackages } from './downloads.mjs';
import { runAsScript } from './failure.mjs';
import { checkToolchain } from './toolchain.mjs';

/** With `failpoints`, the second binary that only the tests use is built too. */
export async function setup({ failpoints = false } = {}) {
  await checkToolchain();
  await installPackages();
  await fetchCrates();
  await build();
  if (failpoints) await buildFailpoints();
}

await runAsScript(import.meta.url, () =>
  setup({ failpoints: process.argv.includes('--failpoints') }),
);
