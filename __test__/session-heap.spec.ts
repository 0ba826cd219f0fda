import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { counts } from './helpers/counts';

// Sessions that are over leave nothing behind.

const exec = promisify(execFile);
const MIB = 2 ** 20;

async function heap(...args: (string | number)[]) {
  const file = join(__dirname, 'fixtures/session-heap.mjs');
  const { stdout } = await exec(process.execPath, ['--expose-gc', file, ...args.map(String)]);
  return JSON.parse(stdout) as { grown: number; open: number; timers: number };
}

test('after many sessions the heap is where it was', async (t) => {
  t.timeout(300_000);
  const { grown, open, timers } = await heap(counts(10_000, 100_000), counts(2000, 10_000));
  t.log(`grown by ${(grown / MIB).toFixed(2)} MiB`);
  t.true(grown < MIB, `grown by ${grown} bytes`);
  t.is(open, 0);
  t.is(timers, 0);
});

test('after many sessions that nobody ever answered, too', async (t) => {
  t.timeout(120_000);
  const { grown, open, timers } = await heap(0, 10_000, 'silent');
  t.log(`grown by ${(grown / MIB).toFixed(2)} MiB`);
  t.true(grown < MIB, `grown by ${grown} bytes`);
  t.is(open, 0);
  t.is(timers, 0);
});
