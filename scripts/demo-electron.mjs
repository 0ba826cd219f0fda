// Sets up, then shows the package at work in Electron: examples/electron, windows on one cache.
// With CI=true, or where there is no display to see them on, it plays a tour instead, and checks what
// the windows show. `-- --screenshot` writes docs/images/electron.png.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withDemo } from './demo/driven.mjs';
import { commandLine } from './demo/launch.mjs';
import { takeScreenshot } from './demo/screenshot.mjs';
import { playTour } from './demo/tour.mjs';
import { hasDisplay, withDisplay } from './electron/display.mjs';
import { provideRuntimes } from './electron/runtime.mjs';
import { runAsScript } from './failure.mjs';
import { root } from './run.mjs';
import { setup } from './setup.mjs';

async function show(folder) {
  const { executable, args } = await commandLine(folder);
  const child = spawn(executable, args, { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches the app as well, which then ends in its own way.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

await runAsScript(import.meta.url, async () => {
  await setup();
  const [{ folder, versions }] = await provideRuntimes();
  // Not at the top: what it imports is not installed yet when this file is loaded.
  const { buildPage } = await import('../examples/electron/build.mjs');
  await buildPage();
  console.log(`\nexamples/electron in Electron ${versions.electron}`);
  const isSeen = hasDisplay() && !process.env.CI;
  const wantsScreenshot = process.argv.includes('--screenshot');
  if (isSeen && !wantsScreenshot) return show(folder);
  const play = wantsScreenshot ? takeScreenshot : playTour;
  await withDisplay((display) => withDemo(folder, display, play));
  return 0;
});
