import test from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// A thousand tenants on one adapter in each of four processes: nobody reads what is another's, and memory is bounded.

const PROCESSES = 4;
const LOAD = {
  tenants: 1000,
  concurrent: 50,
  atLeast: counts(2000, 0),
  forMs: counts(0, 60_000),
};
const MAX_BYTES = 2 ** 24;
/** What docs/server.md says that a process may hold beside the cache: memo, open scopes, compiled code. */
const PROCESS_BYTES = 32 * 2 ** 20;
const FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

test('1,000 tenants of four processes never read what is another’s, within bounded memory', async (t) => {
  t.timeout(240_000);
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: MAX_BYTES });
  const servers = await Promise.all(
    Array.from({ length: PROCESSES }, () => {
      return TestProcess.start(t, 'tenants', { execArgv: FLAGS });
    }),
  );
  const held = async () => {
    let sum = 0;
    // One after the other, and all alive: what they share is counted in parts.
    for (const server of servers) sum += await server.ask<number>('proportionalBytes');
    return sum;
  };
  const before = await held();
  for (const server of servers) await server.ask('open', id);
  const totals = await Promise.all(
    servers.map((server) => {
      return server.ask<{ requests: number; reads: number; foreign: string[][] }>('serve', LOAD);
    }),
  );
  for (const { requests, reads, foreign } of totals) {
    t.log(`${requests} requests read ${reads} values`);
    t.deepEqual(foreign, []);
    t.true(reads > requests);
  }
  const more = (await held()) - before;
  regionOf(id).validate();
  t.log(
    `${(more / 2 ** 20).toFixed(1)} MiB more than before, ${MAX_BYTES / 2 ** 20} of them the cache’s bound`,
  );
  t.true(more < MAX_BYTES + PROCESSES * PROCESS_BYTES, `${more} bytes`);
});
