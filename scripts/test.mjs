// Every test: Rust, ava, Electron, types, and the checks that what is generated or said twice agrees.
// Arguments select among the ava specs, and then Electron is not started.
// PSC_TEST=full asks for full counts, and takes a skipped test for a failure.

import { runAvaTests } from './ava-tests.mjs';
import { checkErrors } from './check-errors.mjs';
import { runElectronTests } from './electron/tests.mjs';
import { runAsScript } from './failure.mjs';
import { checkGenerated, takeGenerated } from './generated.mjs';
import { runRustTests } from './rust-tests.mjs';
import { setup } from './setup.mjs';
import { runSteps } from './steps.mjs';
import { runTypeTests } from './type-tests.mjs';

await runAsScript(import.meta.url, async () => {
  const full = process.env.PSC_TEST === 'full';
  const generated = takeGenerated();
  await setup({ failpoints: true });
  const args = process.argv.slice(2);
  const electron = { name: 'Electron', run: () => runElectronTests({ full }) };
  const ok = await runSteps([
    { name: 'Rust tests', run: () => runRustTests({ full }) },
    { name: 'ava', run: () => runAvaTests({ full, args }) },
    ...(args.length === 0 ? [electron] : []),
    { name: 'type tests', run: () => runTypeTests() },
    { name: 'generated files', run: () => checkGenerated(generated) },
    { name: 'error codes', run: () => checkErrors() },
  ]);
  return ok ? 0 : 1;
});
