import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueDirectory, uniqueId } from './helpers/unique';

// One copy for all: what processes hold that have read the whole cache.

const PROCESSES = 8;
const ENTRIES = 20_000;
const TEXT = 't'.repeat(2000);
const DATA_BYTES = ENTRIES * TEXT.length;

/**
 * V8 gives the nursery of new objects up to 32 MiB, by chance, and takes them back after seconds without work; and what
 * its helper threads have not got to on a busy machine differs from run to run by as much as the cache costs. That is
 * not what anybody holds: all have a small nursery, and V8 without helpers.
 */
const FLAGS = ['--expose-gc', '--max-semi-space-size=1', '--single-threaded'];

/** What all of them hold together once each has read everything. */
async function proportionalBytes(t: ExecutionContext, verb: string, ...args: unknown[]) {
  const users = await Promise.all(
    Array.from({ length: PROCESSES }, () => {
      return TestProcess.start(t, 'memory-user', { execArgv: FLAGS });
    }),
  );
  for (const user of users) t.is(await user.ask(verb, ...args), DATA_BYTES);
  let sum = 0;
  // Until all were asked, all live: what they share is counted in parts.
  for (const user of users) sum += await user.ask<number>('proportionalBytes');
  for (const user of users) await user.kill();
  return sum;
}

test('eight processes that have read it all hold the data once', async (t) => {
  t.timeout(240_000);
  const [id, path] = [uniqueId(t), join(uniqueDirectory(t), 'values')];
  const values = Array.from({ length: ENTRIES }, (_, n) => JSON.stringify({ n, text: TEXT }));
  writeFileSync(path, values.join('\n'));
  await synchronize(t, id);
  const filler = await TestProcess.start(t, 'joiner');
  await filler.ask('fill', id, ENTRIES, TEXT);
  // It has mapped all of it too, and would be counted for a part.
  await filler.kill();
  const without = await proportionalBytes(t, 'readFile', path);
  const withCache = await proportionalBytes(t, 'readCache', id, ENTRIES);
  const ratio = (withCache - without) / DATA_BYTES;
  const mebibytes = [withCache, without, DATA_BYTES].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  t.log(
    `${mebibytes[0]} MiB with the cache, ${mebibytes[1]} without, data ${mebibytes[2]}: ${ratio.toFixed(2)}`,
  );
  t.true(ratio < 1.3, `${ratio}`);
});
