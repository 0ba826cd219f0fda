import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { Expiries } from '../ts/mirror/expiries';
import { Sweeper } from '../ts/sweeper';
import type { PSCStorageAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { ManualRuntime } from './helpers/manualRuntime';
import { Participant } from './helpers/participants';
import { seeded } from './helpers/random';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { emitterTransport, wrapped } from './helpers/worlds';

// Entries whose time is over leave without being read: by the logic on clocks of the test's own, and within 50 ms on the
// machine's.

/** What is promised, and ten times that, for a machine that has other things to do. */
const LATE_MS = 50 * 10;

interface Weak {
  readonly target: { sweep(): number | undefined };
  readonly swept: number[];
}

function manualSweeper() {
  const runtime = new ManualRuntime();
  const sweeper = new Sweeper({
    now: () => runtime.now(),
    set: (run, ms) => runtime.after(ms, run),
  });
  const make = (next: (number | undefined)[] = []): Weak => {
    const swept: number[] = [];
    const sweep = () => {
      swept.push(runtime.now());
      return next.shift();
    };
    return { target: { sweep }, swept };
  };
  return { runtime, sweeper, make };
}

test('what is planned is swept when it is due, within 16 ms, and again when it says so', (t) => {
  const { runtime, sweeper, make } = manualSweeper();
  const [soon, later] = [make([100]), make()];
  sweeper.plan(new WeakRef(later.target), 500);
  sweeper.plan(new WeakRef(soon.target), 10);
  runtime.advance(9);
  t.deepEqual([soon.swept, later.swept], [[], []]);
  runtime.advance(5000);
  const near = (at: number | undefined, due: number) =>
    at !== undefined && at >= due && at < due + 17;
  t.true(
    near(soon.swept[0], 10) && near(soon.swept[1], (soon.swept[0] ?? 0) + 100),
    `${soon.swept}`,
  );
  t.true(near(later.swept[0], 500), `${later.swept}`);
  t.deepEqual([soon.swept.length, later.swept.length, runtime.timers], [2, 1, 0]);
});

test('many that end together are swept by one timer', (t) => {
  const { runtime, sweeper, make } = manualSweeper();
  const all = Array.from({ length: 1000 }, () => make());
  for (const { target } of all) sweeper.plan(new WeakRef(target), 300);
  t.is(runtime.timers, 1);
  runtime.advance(400);
  t.true(all.every(({ swept }) => swept.length === 1));
});

test('whoever sleeps longer than a second looks again, as a machine may have slept meanwhile', (t) => {
  const { runtime, sweeper, make } = manualSweeper();
  const { target, swept } = make();
  sweeper.plan(new WeakRef(target), 10_000);
  for (let second = 0; second < 9; second += 1) runtime.advance(1000);
  t.is(swept.length, 0);
  t.is(runtime.timers, 1);
  runtime.advance(1100);
  t.is(swept.length, 1);
});

test('expiries come in their order, whatever was set again or deleted', (t) => {
  const random = seeded(7);
  const expiries = new Expiries();
  const model = new Map<string, number>();
  for (let step = 0; step < counts(20_000, 200_000); step += 1) {
    const key = `key ${Math.floor(random() * 300)}`;
    if (random() < 0.2) {
      expiries.delete(key);
      model.delete(key);
    } else if (random() < 0.1) {
      const next = Math.min(...model.values());
      t.is(expiries.next(), next === Number.POSITIVE_INFINITY ? undefined : next);
      const due = expiries.due(next);
      if (due !== undefined) {
        if (model.get(due) !== next) t.fail('it was not the one that is over');
        expiries.delete(due);
        model.delete(due);
      }
    } else {
      const at = Math.floor(random() * 1000);
      expiries.set(key, at);
      model.set(key, at);
    }
  }
  const left: number[] = [];
  for (let due = expiries.due(1000); due !== undefined; due = expiries.due(1000)) {
    left.push(model.get(due) as number);
    expiries.delete(due);
  }
  t.deepEqual(
    left,
    [...model.values()].sort((a, b) => a - b),
  );
});

/** @param ended - How many of those that end have ended. */
async function leavesInTime(
  t: ExecutionContext,
  set: (key: string, lives: number) => Promise<void>,
  ended: () => number,
): Promise<void> {
  await set('for ever', 0);
  await set('late', 3_600_000);
  for (let n = 0; n < counts(10, 50); n += 1) {
    const start = performance.now();
    await set(`key ${n}`, 40);
    await until('it has left', () => ended() > n);
    const took = performance.now() - start;
    // alova's instants and the store's clock are whole milliseconds.
    t.true(took >= 38 && took < 40 + LATE_MS, `${took} ms`);
  }
}

/** alova's record, with so many milliseconds to live, or no end. */
const record = (adapter: PSCStorageAdapter) => (key: string, lives: number) => {
  return adapter.set(`$a.${key}`, lives === 0 ? [1] : [1, Date.now() + lives]);
};

test.serial(
  'in a region, what is over leaves within 50 ms, whatever else is written',
  async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
      scope: 'a',
    });
    t.teardown(() => adapter.close());
    const busy = await (await Participant.start(t)).open(id, { ttl: 1_000_000 });
    let goesOn = true;
    const writing = (async () => {
      for (let n = 0; goesOn; n += 1) await busy.set(`busy ${n % 100}`, n);
    })();
    const region = regionOf(id);
    await leavesInTime(t, record(adapter), () => JSON.parse(region.stats()).expirations);
    goesOn = false;
    await writing;
    t.is(adapter.stats().scope.entries, 2);
    region.validate();
  },
);

test.serial(
  'over a memory store, what is over leaves within 50 ms, and its mirrors too',
  async (t) => {
    const { make, sent } = emitterTransport(t);
    const [one, other] = [make(), make()];
    await one.ready;
    await other.ready;
    let set = 0;
    other.on('set', () => {
      set += 1;
    });
    // Two stay. What has come and gone has ended.
    const ended = () => set - Math.max(2, other.stats().scope.entries as number);
    await leavesInTime(t, record(one), ended);
    // The store has told it, each once.
    const expired = () => sent.filter(({ reason }) => reason === 'expire').length;
    await until('all ends were told', () => expired() === counts(10, 50));
  },
);

test('a mirror whose synchronizer is gone takes out what is over by itself', async (t) => {
  const { make, synchronizer } = emitterTransport(t);
  const mirror = make({ ttl: 1000 });
  for (let n = 0; n < 10; n += 1) await mirror.set(`key ${n}`, n);
  synchronizer.close();
  await until('all have left', () => mirror.stats().scope.entries === 0, 1000 + LATE_MS);
  t.is(mirror.stats().total.expirations, 10);
});

test("a mirror takes out what is over of the user's own storage", async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const storage = new psc.ExplicitCacheAdapter();
  const mirror = psc.createPSCAdapter(wrapped(id), storage, { ttl: 200 });
  t.teardown(() => mirror.close());
  await mirror.set('key', 1);
  t.deepEqual(storage.getCache(), { key: 1 });
  await until('it has left', () => storage.get('key') === undefined, 200 + LATE_MS);
});

// Alone, because this process's event loop is the one that stands still.
test.serial(
  'what is over leaves though the process that set it has ended, or its event loop stands still',
  async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const setter = await Participant.start(t);
    await (await setter.open(id, { ttl: 300 })).set('key', 1);
    await setter.process.kill();
    const region = regionOf(id);
    const entries = () => JSON.parse(region.stats()).entries;
    t.is(entries(), 1);
    // This process is the synchronizer's, whose thread is another one.
    const start = performance.now();
    while (entries() > 0) {
      if (performance.now() > start + 300 + LATE_MS) return t.fail('it never left');
    }
    return t.pass();
  },
);

test('a new synchronizer sweeps what was set while there was none', async (t) => {
  const id = uniqueId(t);
  const first = await Participant.start(t);
  await first.synchronize(id);
  const setter = await Participant.start(t);
  const adapter = await setter.open(id, { ttl: 400 });
  await adapter.ready();
  await first.process.kill();
  for (let n = 0; n < 100; n += 1) await adapter.set(`key ${n}`, n);
  await synchronize(t, id);
  const region = regionOf(id);
  await until('all have left', () => JSON.parse(region.stats()).entries === 0, 400 + LATE_MS);
  t.pass();
});

test('an end is no wall-clock time: a process whose wall clock jumps changes nothing', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { createPSCAdapter, NodeSyncAdapter } = require(workerData.psc);
     const adapter = createPSCAdapter(NodeSyncAdapter(undefined, workerData.id));
     const { now } = Date;
     void adapter.set('$a.soon', [1, now() + 300])
       .then(() => adapter.set('$a.late', [1, now() + 1e6]))
       .then(() => {
         Date.now = () => now() + 3_600_000;
         const ahead = [adapter.get('$a.soon'), adapter.get('$a.late')].map((value) => value?.[0]);
         Date.now = () => now() - 3_600_000;
         parentPort.postMessage(ahead);
         setTimeout(() => parentPort.postMessage(adapter.get('$a.soon')), 400);
       });`,
    { eval: true, workerData: { id, psc: require.resolve('../dist/index.js') } },
  );
  t.teardown(() => worker.terminate());
  t.deepEqual((await once(worker, 'message'))[0], [1, 1]);
  t.is((await once(worker, 'message'))[0], undefined);
});
