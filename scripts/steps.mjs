// Runs named steps one after another, all of them whatever fails, and closes with a table of how
// each went.

import { Failure } from './failure.mjs';

/** What was skipped is neither. */
function stateOf(ok, note) {
  if (!ok) return 'FAILED ';
  return note.startsWith('SKIPPED') ? 'SKIPPED' : 'ok     ';
}

async function outcomeOf(step) {
  try {
    return await step.run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return { ok: false, note: '' };
  }
}

/**
 * A step is `{ name, run }`, and `run` resolves to `{ ok, note }`. Resolves to whether every step
 * was ok.
 */
export async function runSteps(steps) {
  const rows = [];
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const start = Date.now();
    const { ok, note = '' } = await outcomeOf(step);
    const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
    rows.push({ name: step.name, ok, note, seconds });
  }
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log('');
  for (const { name, ok, note, seconds } of rows) {
    console.log(
      `${stateOf(ok, note)}  ${name.padEnd(width)}  ${seconds.padStart(8)}  ${note}`.trimEnd(),
    );
  }
  return rows.every((row) => row.ok);
}

/** A step that is one command, and ok when that exits with 0. */
export function commandStep(name, start) {
  return { name, run: async () => ({ ok: (await start()).code === 0 }) };
}
