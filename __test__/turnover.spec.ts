import test from 'ava';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// A thousand adapters that were created and dropped, half by close() and half by garbage collection, leave nothing.

interface Costs {
  readonly descriptors: number;
  readonly heap: number;
  readonly listeners: number;
  readonly threads: number;
  readonly mappings: number;
}

const MEBIBYTE = 1024 * 1024;

/** Where they are: nothing is written where nobody would take it, nor where it is to be quiet. */
const PLACES = {
  'in use': { synchronizer: true, writes: true },
  'in a quiet cache': { synchronizer: true, writes: false },
  'without a synchronizer': { synchronizer: false, writes: false },
};

for (const [kind, where] of [
  ['adapter', 'in use'],
  ['mirror', 'in use'],
  ['mirror', 'in a quiet cache'],
  ['adapter', 'without a synchronizer'],
] as const) {
  const { synchronizer, writes } = PLACES[where];
  test(`1,000 ${kind}s more, ${where}, cost nothing once they are dropped`, async (t) => {
    t.timeout(120_000);
    const id = uniqueId(t);
    if (synchronizer) await synchronize(t, id);
    const subject = await TestProcess.start(t, 'turnover', { execArgv: ['--expose-gc'] });
    const turnOver = async (count: number) => {
      await subject.ask('turnOver', id, count, kind, writes);
      return subject.ask<Costs>('costs');
    };
    const before = await turnOver(300);
    const after = await turnOver(1000);
    const heap = after.heap - before.heap;
    t.log(
      `heap ${(heap / 1024).toFixed(0)} KiB more; threads ${before.threads} to ${after.threads}`,
    );
    t.deepEqual({ ...after, heap: 0 }, { ...before, heap: 0 });
    t.true(heap < MEBIBYTE, `${heap} bytes`);
    // Without a synchronizer one warning is due, after five seconds (R24).
    const warned = synchronizer ? '' : /^(.*PSC_NO_SYNCHRONIZER.*\n.*--trace-warnings.*\n)?$/;
    if (typeof warned === 'string') t.is(subject.stderr, warned);
    else t.regex(subject.stderr, warned);
  });
}
