import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { throwsCode } from './helpers/errors';
import { startOrigin } from './helpers/origin';
import { TestProcess } from './helpers/processes';
import { seeded } from './helpers/random';
import { untilStopped } from './helpers/stopping';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';

// `getOrSet`, and `atomize` over our `locker`: what many miss is computed once.

const FACTORY_MS = 5;
/** Ten times what the design allows, because machines are busy. */
const REPLACED_MS = 1000;

const open = (id: string, options = {}) =>
  psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, options);

async function computers(t: ExecutionContext, id: string, count: number) {
  const start = () => TestProcess.start(t, 'locker');
  const started = await Promise.all(Array.from({ length: count }, start));
  await Promise.all(started.map((computer) => computer.ask('open', id)));
  return started as [TestProcess, ...TestProcess[]];
}

test('800 misses of one key in 8 processes at once are one request at the origin', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const { requests, url } = await startOrigin(t, 100);
  const processes = await computers(t, id, 8);
  for (let round = 0; round < counts(3, 20); round += 1) {
    const path = `/${round}`;
    const missing = processes.map((process) =>
      process.ask<unknown[]>('getOrSet', `key ${round}`, url + path, 100),
    );
    const values = (await Promise.all(missing)).flat();
    t.is(values.length, 800);
    for (const value of values) t.deepEqual(value, { path, request: 1 });
    t.is(requests.get(path), 1);
  }
});

test('the same through atomize of alova/server, with our locker', async (t) => {
  t.timeout(240_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const { requests, url } = await startOrigin(t, 100);
  const processes = await computers(t, id, 8);
  for (let round = 0; round < counts(1, 5); round += 1) {
    const path = `/${round}`;
    const missing = processes.map((process) =>
      process.ask<unknown[]>('atomize', id, url, path, 100),
    );
    const values = (await Promise.all(missing)).flat();
    t.is(values.length, 800);
    for (const value of values) t.deepEqual(value, { path, request: 1 });
    t.is(requests.get(path), 1);
  }
});

test('the process that computes is killed: another one does, and all others have its value', async (t) => {
  t.timeout(600_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const random = seeded(Date.now());
  const others = await computers(t, id, 3);
  let longest = 0;
  for (let round = 0; round < counts(10, 200); round += 1) {
    const key = `key ${round}`;
    const [victim] = await computers(t, id, 1);
    const dying = t.throwsAsync(victim.ask('compute', key, 'never', 60_000));
    await victim.next('computes', () => victim.told.length > 0);
    const waiting = others.map((other) => other.ask('compute', key, other.pid, FACTORY_MS));
    await delay(random() * 30);
    const { signal } = await victim.kill();
    t.is(signal, 'SIGKILL');
    const start = performance.now();
    const values = await within('a value', Promise.all(waiting));
    longest = Math.max(longest, performance.now() - start - FACTORY_MS);
    t.is(new Set(values).size, 1, `${values}`);
    t.true(others.some((other) => other.pid === values[0]));
    await dying;
  }
  t.log(`longest wait beyond the factory's own time ${longest.toFixed(1)} ms`);
  t.true(longest < REPLACED_MS, `${longest} ms`);
  regionOf(id).validate();
});

test('a process that is stopped while it computes is not waited for beyond its lease', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const stopped = await TestProcess.start(t, 'locker');
  await stopped.ask('open', id, { lease: 500 });
  const theirs = stopped.ask('compute', 'key', 'theirs', 1500);
  await stopped.next('computes', () => stopped.told.length > 0);
  const adapter = open(id);
  // It runs for longer than its lease, and is waited for.
  t.is(await adapter.getOrSet('key', () => 'mine'), 'theirs');
  t.is(await theirs, 'theirs');
  const next = stopped.ask('compute', 'next', 'theirs', 1500);
  await stopped.next('computes again', () => stopped.told.length > 1);
  stopped.signal('SIGSTOP');
  await untilStopped(stopped.pid);
  t.is(await adapter.getOrSet('next', () => 'mine'), 'mine');
  stopped.signal('SIGCONT');
  t.is(await next, 'theirs');
});

test('a factory that throws is its own callers’ fault: those of the next process try theirs', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [one, other] = [open(id), open(id)];
  let finish: ((_: Error) => void) | undefined;
  const failing = () =>
    new Promise<string>((_, reject) => {
      finish = reject;
    });
  const failures = [one.getOrSet('key', failing), one.getOrSet('key', () => 'never called')];
  const succeeding = other.getOrSet('key', () => 'value');
  (await until('it computes', () => finish))(new TypeError('on purpose'));
  for (const failure of failures) {
    await t.throwsAsync(failure, { instanceOf: TypeError, message: 'on purpose' });
  }
  t.is(await succeeding, 'value');
  t.is(one.get('key'), 'value');
  const thrown = one.getOrSet('other', () => {
    throw new RangeError('at once');
  });
  await t.throwsAsync(thrown, { instanceOf: RangeError });
  t.is(await one.getOrSet('other', () => 'again'), 'again');
});

test('a value that is there is returned, and no factory runs', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id);
  await adapter.set('key', { n: 1 });
  t.is(await adapter.getOrSet<unknown>('key', () => t.fail()), adapter.get('key'));
  await adapter.set('null', null);
  t.is(await adapter.getOrSet<unknown>('null', () => t.fail()), null);
});

test('what cannot be set is returned all the same, and undefined is never set', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: 2 * 1024 * 1024 });
  const adapter = open(id);
  const large = 'x'.repeat(1024 * 1024);
  t.is(await adapter.getOrSet('large', () => large), large);
  t.is(await adapter.getOrSet('bigint', () => 1n), 1n);
  t.is(await adapter.getOrSet('nothing', () => undefined), undefined);
  t.is(adapter.get('large') ?? adapter.get('bigint') ?? adapter.get('nothing'), undefined);
  t.is(await adapter.getOrSet('nothing', () => 1), 1);
});

test('the value lives for its ttl, alova’s own record for what it says', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id, { ttl: 3_600_000 });
  await adapter.getOrSet('short', () => 1, { ttl: 30 });
  await adapter.getOrSet('long', () => 2);
  await adapter.getOrSet('$a.record', () => [3, Date.now() + 30], { ttl: 3_600_000 });
  // The memo's clock is coarse.
  await delay(150);
  t.deepEqual(['short', 'long', '$a.record'].map(adapter.get), [undefined, 2, undefined]);
});

test('with copies, each caller of one flight has its own', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id, { copy: true });
  const make = () => delay(10, { n: 1 });
  const [one, other] = await Promise.all([
    adapter.getOrSet('key', make),
    adapter.getOrSet('key', make),
  ]);
  t.deepEqual(one, other);
  t.not(one, other);
});

test('arguments that cannot work are refused, and nothing is computed', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id);
  const make = () => t.fail() as never;
  await throwsCode(t, 'ERR_PSC_INVALID_KEY', () => adapter.getOrSet(1 as never, make));
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.getOrSet('key', 1 as never));
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.getOrSet('key', make, { ttl: -1 }));
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.getOrSet('key', make, null as never));
});

test('closing the adapter rejects who waits for others, and lets others compute', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [one, other] = [open(id), open(id)];
  const computing = one.getOrSet('key', () => delay(200, 'late'));
  const waiting = other.getOrSet('key', () => 'never');
  other.close();
  await throwsCode(t, 'ERR_PSC_CLOSED', () => waiting);
  await throwsCode(t, 'ERR_PSC_CLOSED', () => other.getOrSet('key', () => 1));
  one.close();
  t.is(await open(id).getOrSet('key', () => 'at once'), 'at once');
  t.is(await computing, 'late');
});

test('without a synchronizer each process computes for itself, after a second', async (t) => {
  const adapter = open(uniqueId(t));
  let made = 0;
  const make = () => {
    made += 1;
    return 'value';
  };
  const values = [adapter.getOrSet('key', make), adapter.getOrSet('key', make)];
  t.deepEqual(await Promise.all(values), ['value', 'value']);
  t.is(made, 1);
  t.is(adapter.get('key'), 'value');
});
