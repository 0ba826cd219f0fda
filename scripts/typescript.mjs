// Compiles ts/ to dist/. Incremental, so that it is quick when fresh; and dist/ holds nothing whose
// source is gone.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNames } from './bundles.mjs';
import { WRAPPERS } from './entries.mjs';
import { filesUnder } from './files.mjs';
import { mustRun, root, tool } from './run.mjs';

const dist = join(root, 'dist');
const KEPT = new Set(['.tsbuildinfo', '.declarations', ...WRAPPERS, ...bundleNames]);

const outputs = () =>
  filesUnder(join(root, 'ts'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.replace(/\.ts$/, '.js'));

export async function compileTypeScript() {
  const expected = new Set(outputs());
  // tsc trusts its record and would not write an output that was deleted behind its back.
  const complete = [...expected].every((name) => existsSync(join(dist, name)));
  if (!complete) rmSync(join(dist, '.tsbuildinfo'), { force: true });
  await mustRun('Compiling TypeScript', ...tool('typescript', ['-p', 'tsconfig.json'], 'tsc'));
  for (const name of filesUnder(dist)) {
    if (!expected.has(name) && !KEPT.has(name)) rmSync(join(dist, name), { force: true });
  }
}
