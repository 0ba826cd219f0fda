// A folder for what is measured: in memory for all contestants, where the system has that.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';

/** Makes the folder. */
export function makeScratch() {
  return mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'psc-bench-'));
}

/** Removes it. */
export function removeScratch(folder) {
  rmSync(folder, { recursive: true, force: true });
}
