import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// The storage in this process's memory: what it keeps, for how long, and what is left of one that was dropped.

const { createMemoryStorage, createNullStorage } = psc;

/** Lets a test say what time the wall clock shows. */
function wallClock(t: ExecutionContext): { jump(ms: number): void } {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  t.teardown(() => {
    Date.now = now;
  });
  return {
    jump(ms) {
      ahead += ms;
    },
  };
}

test('what is read again is the same object, until it is set again', (t) => {
  const storage = createMemoryStorage();
  storage.set('key', { list: [1] });
  const first = storage.get('key');
  t.deepEqual(first, { list: [1] });
  t.is(storage.get('key'), first);
  storage.set('key', { list: [1] });
  t.not(storage.get('key'), first);
  storage.remove('key');
  t.is(storage.get('key'), undefined);
  storage.set('key', 1);
  storage.clear();
  t.is(storage.get('key'), undefined);
});

test('copies are had by asking, and other codecs too', (t) => {
  const copying = createMemoryStorage({ copy: true });
  copying.set('key', { list: [1] });
  t.not(copying.get('key'), copying.get('key'));
  const structured = createMemoryStorage({ codec: 'structured' });
  const value = { at: new Date(1), map: new Map([['a', 1n]]), nothing: undefined };
  structured.set('key', value);
  t.deepEqual(structured.get('key'), value);
});

test('the least recently used leave, and a remembered read is a use', (t) => {
  const storage = createMemoryStorage({ max: 2 });
  storage.set('a', { n: 1 });
  storage.set('b', { n: 2 });
  for (let time = 0; time < 3; time += 1) storage.get('a');
  t.true(storage.stats().memoHits > 0);
  storage.set('c', { n: 3 });
  t.deepEqual(['a', 'b', 'c'].map(storage.get), [{ n: 1 }, undefined, { n: 3 }]);
  t.is(storage.stats().evictions, 1);
});

test('it is bounded by bytes, and what is larger than all of it is a miss', (t) => {
  const storage = createMemoryStorage({ maxBytes: 100_000 });
  for (let n = 0; n < 1000; n += 1) {
    storage.set(`key ${n}`, 'x'.repeat(1000));
    t.true(storage.stats().bytes <= 100_000);
  }
  t.deepEqual(storage.get('key 999'), 'x'.repeat(1000));
  storage.set('key 999', 'x'.repeat(100_000));
  t.is(storage.get('key 999'), undefined);
});

test('what an entry held is not read any more once the entry has left', (t) => {
  const storage = createMemoryStorage({ max: 1 });
  storage.set('a', { n: 1 });
  storage.get('a');
  storage.get('a');
  storage.set('b', { n: 2 });
  t.is(storage.get('a'), undefined);
  // Its place has another owner now.
  storage.set('a', { n: 3 });
  t.deepEqual(storage.get('a'), { n: 3 });
});

test('counts tell hits, misses and what was decoded', (t) => {
  const storage = createMemoryStorage({ maxBytes: 1_000_000 });
  storage.set('key', { n: 1 });
  for (let n = 0; n < 4; n += 1) storage.get('key');
  storage.get('absent');
  const { bytes, ...stats } = storage.stats();
  t.true(bytes > 0 && bytes < 1000);
  const counted = { entries: 1, maxBytes: 1_000_000, evictions: 0, expirations: 0 };
  t.deepEqual(stats, { ...counted, hits: 4, misses: 1, memoHits: 3, memoHitRate: 0.75 });
});

test('what is over leaves within 50 ms of its time, though nobody reads it', async (t) => {
  const storage = createMemoryStorage({ ttl: 200 });
  const start = performance.now();
  for (let n = 0; n < 100; n += 1) storage.set(`key ${n}`, n);
  storage.set('$a.record', [{ data: 1 }, Date.now() + 100]);
  storage.set('$a.for ever', [{ data: 1 }, Date.now() + 1_000_000]);
  await until('the record is gone', () => storage.stats().entries <= 101);
  // Ten times what is promised, for a machine that has other things to do.
  t.true(performance.now() - start >= 99 && performance.now() - start < 100 + 500);
  await until('the others are gone', () => storage.stats().entries === 1);
  t.true(performance.now() - start >= 199 && performance.now() - start < 200 + 500);
  t.is(storage.stats().expirations, 101);
  t.deepEqual(storage.get<unknown[]>('$a.for ever')?.[0], { data: 1 });
});

test.serial('an end does not follow the wall clock where it jumps', async (t) => {
  const wall = wallClock(t);
  const storage = createMemoryStorage({ ttl: 300 });
  storage.set('with ttl', 1);
  storage.set('$a.record', [1, Date.now() + 300]);
  wall.jump(3_600_000);
  t.is(storage.get('with ttl'), 1);
  t.deepEqual(storage.get<unknown[]>('$a.record')?.[0], 1);
  wall.jump(-7_200_000);
  await until('both are gone', () => storage.stats().entries === 0, 5000);
});

test('alova caches in it, and reads records it wrote until they say they are over', async (t) => {
  const { createAlova } = await import('alova');
  let requests = 0;
  const requestAdapter = () => ({
    response: async () => ({ n: ++requests }),
    headers: async () => ({}),
    abort: () => {},
  });
  const storage = createMemoryStorage();
  const alova = createAlova({
    id: 'memory',
    requestAdapter,
    l1Cache: storage,
    cacheFor: { GET: 300 },
    cacheLogger: false,
  });
  t.deepEqual(await alova.Get('/a'), { n: 1 });
  t.deepEqual(await alova.Get('/a'), { n: 1 });
  await until('it is over', () => storage.stats().entries === 0);
  t.deepEqual(await alova.Get('/a'), { n: 2 });
});

test('it is a storage for a PSC adapter, which shares what it holds', async (t) => {
  const { createPSCAdapter, NodeSyncAdapter } = psc;
  const id = uniqueId(t);
  await synchronize(t, id);
  const storage = createMemoryStorage({ max: 10 });
  const adapter = createPSCAdapter(NodeSyncAdapter(undefined, id), storage);
  await adapter.ready;
  t.teardown(() => adapter.close());
  void adapter.set('key', { n: 1 });
  t.deepEqual(storage.get('key'), { n: 1 });
  t.deepEqual(adapter.get('key'), { n: 1 });
});

test('options that cannot work are refused', async (t) => {
  for (const options of [
    { max: 0 },
    { maxBytes: -1 },
    { ttl: Number.NaN },
    { copy: 1 },
    { codec: 'x' },
    5,
  ]) {
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => createMemoryStorage(options as object));
  }
  const storage = createMemoryStorage();
  await throwsCode(t, 'ERR_PSC_INVALID_KEY', () => storage.set(1 as unknown as string, 1));
  await throwsCode(t, 'ERR_PSC_INVALID_KEY', () => storage.get(1 as unknown as string));
  await throwsCode(t, 'ERR_PSC_KEY_TOO_LARGE', () => storage.set('k'.repeat(70_000), 1));
  await throwsCode(t, 'ERR_PSC_SERIALIZE', () => storage.set('key', () => {}));
});

test('one made for every request, and dropped with it, leaves nothing', async (t) => {
  t.timeout(300_000);
  // A young generation that may grow takes memory that nothing holds.
  const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
  const subject = await TestProcess.start(t, 'storages', { execArgv });
  const half = () =>
    subject.ask<Record<'heap' | 'external' | 'resident', number>>('turnOver', counts(3000, 10_000));
  await half();
  const before = await half();
  const after = await half();
  for (const what of ['heap', 'resident'] as const) {
    const ratio = after[what] / before[what];
    t.log(`${what}: ${before[what]} and ${after[what]} bytes`);
    t.true(ratio < 1.05, `${what} grew by ${ratio}`);
  }
  // What the engine is told of goes with it.
  t.true(after.external < before.external + 65_536, `${before.external} to ${after.external}`);
});

test('the empty storage keeps nothing, and has the emitter that alova gives its own', (t) => {
  const storage = createNullStorage();
  storage.set('key', 1);
  t.is(storage.get('key'), undefined);
  storage.remove('key');
  storage.clear();
  const told: unknown[] = [];
  const stop = storage.emitter.on('success', (event) => told.push(event));
  t.deepEqual(storage.emitter.emit('success', 1), [1]);
  stop();
  storage.emitter.emit('success', 2);
  storage.emitter.on('success', () => told.push('again'));
  storage.emitter.off('success');
  storage.emitter.emit('success', 3);
  t.deepEqual(told, [1]);
});
