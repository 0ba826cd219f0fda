// Writes the public types at the root from ts/index.ts: index.d.ts for `require`, index.d.mts for
// `import`.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesUnder } from './files.mjs';
import { placeContent } from './place.mjs';
import { mustRun, root, tool } from './run.mjs';

const HEADER =
  '// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.\n\n';
const stamp = join(root, 'dist', '.declarations');

// Of everything that the types are made from, and of what was made.
function hashOfAll() {
  const hash = createHash('sha256');
  const sources = filesUnder(join(root, 'ts')).map((name) => join('ts', name));
  const made = ['index.d.ts', 'index.d.mts', 'native/native.d.ts'];
  const rules = ['package-lock.json', 'tsconfig.json', 'scripts/declarations.mjs'];
  for (const name of [...sources, ...made, ...rules]) {
    const path = join(root, name);
    hash.update(`\0${name}\0`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

async function generate(file) {
  const args = [
    '--project',
    'tsconfig.json',
    '--silent',
    '--no-banner',
    '--export-referenced-types=false',
  ];
  await mustRun(
    'Generating index.d.ts',
    ...tool('dts-bundle-generator', [...args, '-o', file, 'ts/index.ts']),
  );
  return HEADER + readFileSync(file, 'utf8');
}

export async function writeDeclarations() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfAll()) return;
  const folder = mkdtempSync(join(tmpdir(), 'psc-types-'));
  try {
    placeContent(await generate(join(folder, 'index.d.ts')), join(root, 'index.d.ts'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  placeContent(`${HEADER}export * from './index.js';\n`, join(root, 'index.d.mts'));
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, hashOfAll());
}
