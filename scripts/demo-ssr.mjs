// Sets up, then shows the package at work behind a server: examples/ssr. `-- --png` writes docs/images/ssr.png, by the
// Electron that the tests run in. Other arguments go to the example.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawPicture } from './demo/draw.mjs';
import { runAsScript } from './failure.mjs';
import { root, runScript } from './run.mjs';
import { setup } from './setup.mjs';

const EXAMPLE = 'examples/ssr/index.mjs';
const PNG = join('docs', 'images', 'ssr.png');

async function runWithPicture(args) {
  const folder = mkdtempSync(join(tmpdir(), 'psc-picture-'));
  try {
    const svg = join(folder, 'ssr.svg');
    const code = await runScript(EXAMPLE, [...args, '--svg', svg]);
    if (code !== 0) return code;
    mkdirSync(join(root, 'docs', 'images'), { recursive: true });
    await drawPicture(svg, join(root, PNG));
    console.log(`\n${PNG} is written.`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await runAsScript(import.meta.url, async () => {
  await setup();
  const args = process.argv.slice(2);
  const others = args.filter((arg) => arg !== '--png');
  return args.length === others.length ? runScript(EXAMPLE, args) : runWithPicture(others);
});
