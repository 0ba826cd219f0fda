// Draws a picture: an Electron that knows how turns an SVG file into a PNG file.

import { readFileSync, rmSync, statSync } from 'node:fs';
import { withDisplay } from '../electron/display.mjs';
import { executableIn } from '../electron/executable.mjs';
import { provideRuntimes } from '../electron/runtime.mjs';
import { canSandbox } from '../electron/sandbox.mjs';
import { Failure } from '../failure.mjs';
import { mustRun } from '../run.mjs';
import { createProfile } from './launch.mjs';

const APP = 'scripts/demo/drawing/main.js';
const MAX_BYTES = 300 * 1024;
const LIMIT_SECONDS = 60;
const SIZE = /<svg[^>]* width="(\d+)" height="(\d+)"/;

/** Writes a PNG file that shows an SVG file, in the size that this says. */
export async function drawPicture(svg, png) {
  const [, width, height] = SIZE.exec(readFileSync(svg, 'utf8'));
  const [{ folder }] = await provideRuntimes();
  const sandbox = (await canSandbox(folder)) ? [] : ['--no-sandbox'];
  const flags = [...sandbox, '--disable-gpu', '--force-device-scale-factor=1'];
  const args = [...flags, `--user-data-dir=${createProfile()}`, APP, svg, png, width, height];
  rmSync(png, { force: true });
  await withDisplay((env) =>
    mustRun('Drawing the picture', executableIn(folder), args, {
      env,
      show: false,
      limitSeconds: LIMIT_SECONDS,
    }),
  );
  if (statSync(png).size > MAX_BYTES)
    throw new Failure(`${png} is larger than ${MAX_BYTES / 1024} KiB.`);
}
