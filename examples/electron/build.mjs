// Bundles the page into `built/`, where the main process loads it from. Any bundler does.

import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function buildPage() {
  await rm(path('built'), { recursive: true, force: true });
  await mkdir(path('built'));
  await build({
    entryPoints: [path('page/index.mjs')],
    outfile: path('built/index.js'),
    bundle: true,
    format: 'iife',
    target: 'chrome108',
    logLevel: 'error',
  });
  for (const name of ['index.html', 'style.css'])
    await cp(path(`page/${name}`), path(`built/${name}`));
}
