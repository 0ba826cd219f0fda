// Where runtimes are kept: outside the repository, so that a fresh checkout finds them again.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const UNFINISHED = /\.(\d+)\.tmp$/;

export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'psc-native');

// A process that was killed stays listed as a zombie until its parent asks how it ended.
function isRunning(pid) {
  const status = `/proc/${pid}/stat`;
  return existsSync(status) && !/\) [ZX] /.test(readFileSync(status, 'utf8'));
}

function removeAborted() {
  for (const name of readdirSync(cache)) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid && !isRunning(pid)) rmSync(join(cache, name), { recursive: true });
  }
}

/**
 * Resolves to the folder `name` of the cache. If it is not there, `make` is given an empty folder to
 * work in and returns the part of it that is kept: whole, or not at all.
 */
export async function cached(name, make) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  removeAborted();
  const work = join(cache, `${name}.${process.pid}.tmp`);
  mkdirSync(work);
  try {
    const made = await make(work);
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
