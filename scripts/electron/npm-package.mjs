// The runtime that the npm package `electron` downloads for itself. It has no install script: having
// it among the development dependencies brings its types and downloads nothing until it is asked.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';
import { holdsElectron } from './executable.mjs';
import { patiently } from './patiently.mjs';

const LIMIT_SECONDS = 120;
const home = join(root, 'node_modules', 'electron');
const dist = join(home, 'dist');

/** Its folder, if it was downloaded. */
export function presentNpmRuntime() {
  // The last file that its download writes.
  return existsSync(join(home, 'path.txt')) && holdsElectron(dist) ? dist : undefined;
}

/** Resolves to its folder, or to undefined where it cannot be downloaded. */
export async function downloadNpmRuntime() {
  const script = join(home, 'install.js');
  if (!existsSync(script)) return undefined;
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const { code } = await patiently(
    `Downloading Electron ${version}`,
    [process.execPath, [script]],
    // Its host may be out of reach, and then another runtime has to do: no need to wait long.
    { limitSeconds: Number(process.env.PSC_DOWNLOAD_SECONDS) || LIMIT_SECONDS },
  );
  if (code === 0) return presentNpmRuntime();
  console.log(`Electron ${version} could not be downloaded (its words are above).`);
  return undefined;
}
