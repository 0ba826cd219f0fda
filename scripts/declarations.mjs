// Writes the public types at the root, of each entry from its file in ts/: <entry>.d.ts for `require`,
// <entry>.d.mts for `import`.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesUnder } from './files.mjs';
import { placeContent } from './place.mjs';
import { mustRun, root, tool } from './run.mjs';

const HEADER =
  '// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.\n\n';
const ENTRIES = ['index', 'preload', 'renderer'];

/** What is written. */
export const declarations = ENTRIES.flatMap((entry) => [`${entry}.d.ts`, `${entry}.d.mts`]);

const stamp = join(root, 'dist', '.declarations');

// Of everything that the types are made from, and of what was made.
function hashOfAll() {
  const hash = createHash('sha256');
  const sources = filesUnder(join(root, 'ts')).map((name) => join('ts', name));
  const rules = ['package-lock.json', 'tsconfig.json', 'scripts/declarations.mjs'];
  for (const name of [...sources, ...declarations, 'native/native.d.ts', ...rules]) {
    const path = join(root, name);
    hash.update(`\0${name}\0`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

async function generate(entry, file) {
  const args = [
    '--project',
    'tsconfig.json',
    '--silent',
    '--no-banner',
    '--export-referenced-types=false',
  ];
  await mustRun(
    `Generating ${entry}.d.ts`,
    ...tool('dts-bundle-generator', [...args, '-o', file, `ts/${entry}.ts`]),
  );
  return HEADER + readFileSync(file, 'utf8');
}

export async function writeDeclarations() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfAll()) return;
  const folder = mkdtempSync(join(tmpdir(), 'psc-types-'));
  try {
    for (const entry of ENTRIES) {
      const types = await generate(entry, join(folder, `${entry}.d.ts`));
      placeContent(types, join(root, `${entry}.d.ts`));
      const same = `${HEADER}export * from './${entry}.js';\n`;
      placeContent(same, join(root, `${entry}.d.mts`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, hashOfAll());
}
