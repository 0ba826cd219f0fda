// The picture of the README: two windows at work, side by side.

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../failure.mjs';
import { root } from '../run.mjs';
import { fetchIn } from './tour.mjs';

const FILE = join('docs', 'images', 'electron.png');
const MAX_BYTES = 300 * 1024;
const GAP = 36;

const STORY = [
  ['a', 1, 'network'],
  ['a', 3, 'network'],
  ['b', 1, 'window A'],
  ['b', 2, 'network'],
  ['a', 2, 'window B'],
  ['b', 6, 'network'],
  ['a', 5, 'network'],
  ['b', 5, 'window A'],
  ['a', 6, 'window B'],
  ['b', 2, 'own mirror'],
  ['a', 3, 'own mirror'],
  ['b', 3, 'window A'],
  ['a', 1, 'own mirror'],
  ['b', 6, 'own mirror'],
];

const frame = (png) => `<img src="data:image/png;base64,${png.toString('base64')}">`;

const picture = (images) => `<!doctype html>
<style>
  body { display: flex; gap: ${GAP}px; margin: 0; width: max-content; }
  img { border: 1px solid #39425f; border-radius: 20px; }
</style>
${images.map(frame).join('\n')}`;

/** Lays pictures side by side, in a window of their own. */
async function compose(demo, images) {
  const folder = mkdtempSync(join(tmpdir(), 'psc-picture-'));
  try {
    const file = join(folder, 'picture.html');
    writeFileSync(file, picture(images));
    const page = await demo.opened(() =>
      demo.evaluate(({ BrowserWindow }, url) => {
        new BrowserWindow({ width: 1400, height: 1000 }).loadURL(url);
      }, pathToFileURL(file).href),
    );
    await page.waitForLoadState();
    await page.setViewportSize({ width: 2000, height: 1200 });
    return await page.locator('body').screenshot({ omitBackground: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the picture. */
export async function takeScreenshot(demo) {
  const windows = { a: await demo.window('A'), b: await demo.window('B') };
  for (const [name, id, source] of STORY) {
    const window = windows[name];
    if (source !== 'network') await window.page.locator(`#article-${id}.cached`).waitFor();
    await fetchIn(window, id, source);
  }
  const images = [];
  for (const { page } of [windows.a, windows.b]) {
    await page.mouse.move(0, 0);
    // Until nothing moves.
    await page.waitForFunction(() => document.getAnimations().length === 0);
    images.push(await page.screenshot());
  }
  mkdirSync(join(root, 'docs', 'images'), { recursive: true });
  writeFileSync(join(root, FILE), await compose(demo, images));
  const { size } = statSync(join(root, FILE));
  console.log(`  ${FILE}, ${(size / 1024).toFixed(0)} KiB`);
  if (size > MAX_BYTES) throw new Failure(`${FILE} is larger than ${MAX_BYTES / 1024} KiB.`);
}

// Sharp on displays of today, and legible where it is shown smaller.
takeScreenshot.flags = ['--force-device-scale-factor=1.25'];
