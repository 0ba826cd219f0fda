// Runs a program that may take long: quietly, with a sign of life and a time limit.

import { run } from '../run.mjs';

const TICK_SECONDS = 10;

/**
 * Resolves as `run` does. What the program said is shown only if it failed, and with `show` as it
 * comes.
 */
export async function patiently(what, [command, args], options = {}) {
  const { show = false, limitSeconds = Number(process.env.PSC_DOWNLOAD_SECONDS) || 600 } = options;
  console.log(`${what}, ${limitSeconds} s at most`);
  const start = Date.now();
  const tick = setInterval(() => {
    console.log(`  still at it: ${what}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, TICK_SECONDS * 1000);
  const result = await run(command, args, { ...options, show, limitSeconds });
  clearInterval(tick);
  if (result.code !== 0 && !show) process.stderr.write(result.output);
  if (result.timedOut) console.log(`  stopped after ${limitSeconds} s`);
  return result;
}
