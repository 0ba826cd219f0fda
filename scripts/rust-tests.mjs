// Runs the Rust tests. Without the `node` feature, for a test binary cannot link what only Node
// provides; with the failpoints, so that crash tests of the core can use them.

import { run } from './run.mjs';

const RESULT = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm;

export async function runRustTests({ full }) {
  const args = ['test', '--no-default-features', '--features', 'failpoints'];
  const { code, output } = await run('cargo', args);
  const total = { passed: 0, failed: 0, ignored: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(RESULT)) {
    total.passed += Number(passed);
    total.failed += Number(failed);
    total.ignored += Number(ignored);
  }
  const note = `${total.passed} passed, ${total.failed} failed, ${total.ignored} ignored`;
  return { ok: code === 0 && total.passed > 0 && !(full && total.ignored > 0), note };
}
