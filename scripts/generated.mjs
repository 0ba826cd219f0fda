// The generated files that are committed: what the build writes has to be what was there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DECLARATIONS } from './entries.mjs';
import { root } from './run.mjs';

const FILES = [...DECLARATIONS, 'native/native.cjs', 'native/native.d.ts'];

const contentOf = (name) => {
  const path = join(root, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** Taken before a build, and given to `checkGenerated` after it. */
export const takeGenerated = () => new Map(FILES.map((name) => [name, contentOf(name)]));

export function checkGenerated(before) {
  const changed = FILES.filter((name) => contentOf(name) !== before.get(name));
  for (const name of changed) {
    console.log(`${name} was out of date, and the build has renewed it: commit it.`);
  }
  if (changed.length === 0) console.log(`unchanged by the build: ${FILES.join(', ')}`);
  return { ok: changed.length === 0, note: changed.join(', ') };
}
