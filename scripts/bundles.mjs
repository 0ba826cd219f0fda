// Writes the entries that cannot load anything else: a sandboxed preload script can `require` no file, a page has no
// `require` at all, and what bundlers find for either must not name the binary.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { placeContent } from './place.mjs';
import { root } from './run.mjs';

// Electron 22, the oldest, has Chromium 108.
const TARGET = 'chrome108';

// A sandboxed preload script of Electron 22 has `require` and `exports`, but no `module`.
const MODULE = 'var module = typeof module === "undefined" ? { exports } : module;';

const BUNDLES = [
  { entry: 'ts/preloadScript.ts', file: 'dist/bundles/preload.js', format: 'cjs' },
  { entry: 'ts/preload.ts', file: 'dist/bundles/preload.mjs', format: 'esm' },
  { entry: 'ts/renderer.ts', file: 'dist/bundles/renderer.mjs', format: 'esm' },
  { entry: 'ts/browser.ts', file: 'dist/bundles/browser.js', format: 'cjs' },
  { entry: 'ts/browser.ts', file: 'dist/bundles/browser.mjs', format: 'esm' },
];

export const bundleNames = BUNDLES.map(({ file }) => file.replace('dist/', ''));

export async function writeBundles() {
  // Not at the top: set-up begins where it is not installed yet.
  const { build } = await import('esbuild');
  mkdirSync(join(root, 'dist', 'bundles'), { recursive: true });
  for (const { entry, file, format } of BUNDLES) {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format,
      target: TARGET,
      platform: 'neutral',
      external: ['electron'],
      banner: format === 'cjs' ? { js: MODULE } : {},
      legalComments: 'none',
      logLevel: 'error',
    });
    const [input] = Object.values(metafile.outputs);
    const outside = input.imports.map(({ path }) => path).filter((path) => path !== 'electron');
    if (outside.length > 0) throw new Failure(`${file} would need ${outside.join(', ')}.`);
    placeContent(outputFiles[0].text, join(root, file));
  }
}
