import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';

// A sandboxed preload and a page have neither Node's modules nor the binary.

const root = join(__dirname, '..', 'ts');

/** Every file of the package that a file needs at run time, and what else it needs. */
function loadedBy(
  file: string,
  seen = new Set<string>(),
): { files: Set<string>; outside: string[] } {
  seen.add(file);
  const outside: string[] = [];
  const text = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(
    /^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm,
  )) {
    if (!specifier.startsWith('.')) outside.push(specifier);
    else {
      const next = `${join(dirname(file), specifier)}.ts`;
      if (!seen.has(next)) outside.push(...loadedBy(next, seen).outside);
    }
  }
  if (/\brequire\(/.test(text)) outside.push(`require in ${relative(root, file)}`);
  return { files: seen, outside };
}

for (const entry of [
  'electron/preload.ts',
  'electron/channels.ts',
  'mirror/create.ts',
  'electron/door.ts',
  'electron/renderer.ts',
  'browser.ts',
  'session/index.ts',
]) {
  test(`${entry} needs nothing of Node and no binary`, (t) => {
    const { files, outside } = loadedBy(join(root, entry));
    t.deepEqual(outside, []);
    t.false(files.has(join(root, 'native.ts')));
  });
}
