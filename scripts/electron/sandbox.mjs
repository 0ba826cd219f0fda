// Whether Chromium can put its processes into a sandbox here.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.mjs';

/**
 * Whether the Electron in `folder` starts without `--no-sandbox`. On Linux that takes an ordinary
 * user, and either user namespaces or a helper that belongs to root. Preload scripts are sandboxed
 * all the same.
 */
export async function canSandbox(folder) {
  if (process.platform !== 'linux') return true;
  if (process.getuid() === 0) return false;
  const helper = statSync(join(folder, 'chrome-sandbox'), { throwIfNoEntry: false });
  if (helper?.uid === 0 && (helper.mode & 0o4000) !== 0) return true;
  return (await run('unshare', ['--user', 'true'], { show: false })).code === 0;
}
