// Tools that one test alone needs: no development dependencies, but installed into the cache when that test is to run, each
// by a lock file of its own.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './electron/cache.mjs';
import { patiently } from './electron/patiently.mjs';
import { Failure } from './failure.mjs';
import { npm, root } from './run.mjs';

const FILES = ['package.json', 'package-lock.json'];

function nameInCache(home, name) {
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const lock = readFileSync(join(home, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  return `${name}-${manifest.dependencies[name]}-${hash}`;
}

/**
 * Resolves to the folder of an npm package, which the lock file in a folder of this repository names, installed if it is not
 * there yet. No install script runs.
 */
export async function provideTool(name, ...folder) {
  const home = join(root, ...folder);
  const made = await cached(nameInCache(home, name), async (work) => {
    for (const file of FILES) cpSync(join(home, file), join(work, file));
    const { code } = await patiently(
      `Installing ${name}`,
      npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
      { cwd: work },
    );
    if (code === 0) return work;
    throw new Failure(
      `${name} could not be installed: see what npm says above, and check the network.`,
    );
  });
  return join(made, 'node_modules', name);
}
