// The one command before a commit: format, lints, types, build, tests, and generated files that are
// up to date.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runAvaTests } from './ava-tests.mjs';
import { checkErrors } from './check-errors.mjs';
import { runElectronTests } from './electron/tests.mjs';
import { runAsScript } from './failure.mjs';
import { checkGenerated, takeGenerated } from './generated.mjs';
import { root, run, tool } from './run.mjs';
import { runRustTests } from './rust-tests.mjs';
import { setup } from './setup.mjs';
import { commandStep, runSteps } from './steps.mjs';
import { runTypeTests } from './type-tests.mjs';

const DENY_WARNINGS = ['--', '-D', 'warnings'];
const clippy = (...args) => run('cargo', ['clippy', '--all-targets', ...args, ...DENY_WARNINGS]);
const tsc = (project) => run(...tool('typescript', ['-p', project, '--noEmit'], 'tsc'));

await runAsScript(import.meta.url, async () => {
  const full = process.env.PSC_TEST === 'full';
  const generated = takeGenerated();
  await setup({ failpoints: true });
  const testTypes = existsSync(join(root, '__test__', 'tsconfig.json'));
  const ok = await runSteps([
    commandStep('cargo fmt', () => run('cargo', ['fmt', '--check'])),
    commandStep('clippy, for Node', () => run('cargo', ['clippy', ...DENY_WARNINGS])),
    commandStep('clippy, the core', () => clippy('--no-default-features')),
    commandStep('clippy, failpoints', () =>
      clippy('--no-default-features', '--features', 'failpoints'),
    ),
    commandStep('biome', () =>
      run(...tool('@biomejs/biome', ['check', '--error-on-warnings', '.'], 'biome')),
    ),
    commandStep('tsc', () => tsc('tsconfig.json')),
    ...(testTypes ? [commandStep('tsc, the tests', () => tsc('__test__'))] : []),
    { name: 'generated files', run: () => checkGenerated(generated) },
    { name: 'error codes', run: () => checkErrors() },
    { name: 'Rust tests', run: () => runRustTests({ full }) },
    { name: 'ava', run: () => runAvaTests({ full }) },
    { name: 'Electron', run: () => runElectronTests({ full }) },
    { name: 'type tests', run: () => runTypeTests() },
  ]);
  return ok ? 0 : 1;
});
