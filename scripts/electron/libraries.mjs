// The system libraries of an Electron for Linux.

import { Failure } from '../failure.mjs';
import { run } from '../run.mjs';
import { provide } from './apt.mjs';
import { executableIn } from './executable.mjs';

const PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'libatk-bridge2.0-0',
  'libdrm2',
];
const NOT_FOUND = /^\s*(\S+) => not found$/gm;

async function missingFor(runtime) {
  const { stdout } = await run('ldd', [executableIn(runtime)], { show: false });
  return [...stdout.matchAll(NOT_FOUND)].map(([, library]) => library);
}

/** Sees to it that the runtime in a folder finds every library it is linked with. */
export async function provideLibraries(runtime) {
  if (process.platform !== 'linux') return;
  const missing = await missingFor(runtime);
  if (missing.length === 0) return;
  await provide(`Electron lacks ${missing.join(', ')}`, PACKAGES);
  const still = await missingFor(runtime);
  if (still.length > 0) throw new Failure(`Electron still lacks ${still.join(', ')}.`);
}
