// Runs the Electron tests on every runtime this machine has. Where none can be had they are skipped,
// by name and reason.

import { runAvaTests } from '../ava-tests.mjs';
import { Failure, runAsScript } from '../failure.mjs';
import { provideBuilder } from './builder.mjs';
import { withDisplay } from './display.mjs';
import { executableIn } from './executable.mjs';
import { provideRuntimes } from './runtime.mjs';
import { canSandbox } from './sandbox.mjs';

/** What the test that packages an app needs; without it, that test is skipped. */
async function packager(args) {
  if (args.length > 0 && !args.some((arg) => arg.includes('packaged'))) return {};
  try {
    return { PSC_ELECTRON_BUILDER: await provideBuilder() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`The tests of a packaged app are SKIPPED: ${error.message}`);
    return {};
  }
}

async function runOn({ folder, versions }, { full, args, env }) {
  const name = `Electron ${versions.electron}`;
  console.log(`\n${name} (Node ${versions.node}, Node-API ${versions.napi}), from ${folder}`);
  const { ok, note } = await runAvaTests({
    full,
    args: ['--config', 'ava.electron.config.mjs', ...args],
    env: {
      ...env,
      PSC_ELECTRON: executableIn(folder),
      PSC_ELECTRON_SANDBOX: (await canSandbox(folder)) ? 'yes' : 'no',
    },
  });
  return { ok, note: `${name}: ${note}` };
}

export async function runElectronTests({ full, args = [] }) {
  let runtimes;
  try {
    runtimes = await provideRuntimes();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const note = `SKIPPED: ${error.message}`;
    console.log(`The Electron tests are ${note}`);
    // Whoever names a runtime wants it used.
    return { ok: !full && !process.env.ELECTRON_OVERRIDE_DIST_PATH, note };
  }
  const tools = await packager(args);
  return withDisplay(async (display) => {
    const env = { ...display, ...tools };
    const results = [];
    for (const runtime of runtimes) results.push(await runOn(runtime, { full, args, env }));
    return { ok: results.every(({ ok }) => ok), note: results.map(({ note }) => note).join('; ') };
  });
}

await runAsScript(import.meta.url, async () => {
  const full = process.env.PSC_TEST === 'full';
  const { ok } = await runElectronTests({ full, args: process.argv.slice(2) });
  return ok ? 0 : 1;
});
