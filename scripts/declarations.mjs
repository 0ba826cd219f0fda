// Writes the public types at the root: for each entry its .d.ts for `require`, its .d.mts for `import`.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECLARATIONS, ENTRIES } from './entries.mjs';
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
  const made = [...DECLARATIONS, 'native/native.d.ts'];
  const rules = [
    'package-lock.json',
    'tsconfig.json',
    'scripts/declarations.mjs',
    'scripts/entries.mjs',
  ];
  for (const name of [...sources, ...made, ...rules]) {
    const path = join(root, name);
    hash.update(`\0${name}\0`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

async function generate(source, file) {
  const args = [
    '--project',
    'tsconfig.json',
    '--silent',
    '--no-banner',
    '--export-referenced-types=false',
  ];
  const input = `ts/${source}.ts`;
  await mustRun(
    `Generating the types of ${input}`,
    ...tool('dts-bundle-generator', [...args, '-o', file, input]),
  );
  return HEADER + readFileSync(file, 'utf8');
}

export async function writeDeclarations() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfAll()) return;
  const folder = mkdtempSync(join(tmpdir(), 'psc-types-'));
  try {
    for (const { source, types } of ENTRIES) {
      const name = `${types}.d.ts`;
      placeContent(await generate(source, join(folder, name)), join(root, name));
      placeContent(`${HEADER}export * from './${types}.js';\n`, join(root, `${types}.d.mts`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, hashOfAll());
}
