// How the demo is started.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executableIn } from '../electron/executable.mjs';
import { canSandbox } from '../electron/sandbox.mjs';

const MAIN = 'examples/electron/main/index.js';

/** A folder for what Electron keeps: a new one, so that nothing of an earlier run is there. */
export function createProfile() {
  const profile = mkdtempSync(join(tmpdir(), 'psc-demo-'));
  process.once('exit', () => rmSync(profile, { recursive: true, force: true }));
  return profile;
}

/** What starts the demo in the Electron of a folder, from the repository root. */
export async function commandLine(folder, flags = []) {
  const isSandboxed = await canSandbox(folder);
  const all = [...(isSandboxed ? [] : ['--no-sandbox']), ...flags];
  return {
    executable: executableIn(folder),
    isSandboxed,
    args: [...all, `--user-data-dir=${createProfile()}`, MAIN],
  };
}
