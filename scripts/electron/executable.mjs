// The program in a folder that ELECTRON_OVERRIDE_DIST_PATH may point at, and what it says of itself.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { run } from '../run.mjs';

const NAMES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

export const executableIn = (folder) => join(folder, NAMES[process.platform] ?? 'electron');

export const holdsElectron = (folder) => existsSync(executableIn(folder));

/** Asks the program in `folder` for its versions: `electron`, `node`, `napi`. */
export async function versionsOf(folder) {
  const { code, stdout, output } = await run(
    executableIn(folder),
    ['-p', 'JSON.stringify(process.versions)'],
    // As Node, it needs neither a display nor an app.
    { show: false, limitSeconds: 60, env: { ELECTRON_RUN_AS_NODE: '1' } },
  );
  if (code !== 0) throw new Failure(`The Electron in ${folder} does not start: ${output.trim()}`);
  return JSON.parse(stdout);
}
