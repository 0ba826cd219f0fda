// electron-builder, with which one test packages an app. It is heavy, and nothing else needs it: so it is no development
// dependency, but installed into the cache, by a lock file of its own.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { npm, root } from '../run.mjs';
import { cached } from './cache.mjs';
import { patiently } from './patiently.mjs';

const FILES = ['package.json', 'package-lock.json'];
const home = join(root, 'scripts', 'electron', 'builder');

function nameInCache() {
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const lock = readFileSync(join(home, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  return `electron-builder-${manifest.dependencies['electron-builder']}-${hash}`;
}

async function install(folder) {
  for (const name of FILES) cpSync(join(home, name), join(folder, name));
  const { code } = await patiently(
    'Installing electron-builder',
    // No install script is needed for a folder of files, so none runs.
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
    { cwd: folder },
  );
  if (code === 0) return folder;
  throw new Failure(
    'electron-builder could not be installed: see what npm says above, and check the network.',
  );
}

/** Resolves to the script that is its command, installed if it is not there yet. */
export async function provideBuilder() {
  const folder = await cached(nameInCache(), install);
  return join(folder, 'node_modules', 'electron-builder', 'cli.js');
}
