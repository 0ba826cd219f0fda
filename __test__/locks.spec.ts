import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { throwsCode } from './helpers/errors';
import { type StartOptions, TestProcess } from './helpers/processes';
import { untilStopped } from './helpers/stopping';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';

// `locker`: names that callers hold, one at a time, in all processes (R25 to R29).

/** Ten times what the design allows, because machines are busy. */
const TAKEN_OVER_MS = 1000;
const HANDED_OVER_P50_US = 10_000;

const open = (id: string, options = {}) =>
  psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, options);

async function lockers(t: ExecutionContext, id: string, count: number, options?: StartOptions) {
  const start = () => TestProcess.start(t, 'locker', options);
  const started = await Promise.all(Array.from({ length: count }, start));
  await Promise.all(started.map((locker) => locker.ask('open', id)));
  return started as [TestProcess, ...TestProcess[]];
}

/** Whether a promise is settled, as far as can be told without waiting for it. */
function watched<T>(promise: Promise<T>): { promise: Promise<T>; isSettled: boolean } {
  const state = { promise, isSettled: false };
  const settled = () => {
    state.isSettled = true;
  };
  promise.then(settled, settled);
  return state;
}

test('callers of one adapter, of two and of two processes exclude each other, first come first served', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [one, other] = [open(id), open(id)];
  const [remote] = await lockers(t, id, 1);
  await one.locker.lock('x');
  const order: string[] = [];
  const same = one.locker.lock('x').then(() => order.push('same'));
  const beside = other.locker.lock('x').then(() => order.push('beside'));
  const away = watched(remote.ask('lock', 'x'));
  await one.locker.lock('y');
  t.deepEqual(order, []);
  await one.locker.unlock('x');
  await same;
  await one.locker.unlock('x');
  await beside;
  t.deepEqual(order, ['same', 'beside']);
  t.false(away.isSettled);
  await other.locker.unlock('x');
  await away.promise;
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => one.locker.lock('x'));
});

test('lock rejects after a second, and has locked nothing then', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id);
  await adapter.locker.lock('x');
  const start = performance.now();
  const error = await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => adapter.locker.lock(['y', 'x']));
  const waited = performance.now() - start;
  t.true(waited > 950 && waited < 10_000, `${waited} ms`);
  t.true(error.message.includes('"x"'), error.message);
  await adapter.locker.lock('y');
  await adapter.locker.unlock('x');
  await adapter.locker.lock('x');
});

test('unlock frees what this process holds and nobody else, and of several names those it is told', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [one, other] = [open(id), open(id)];
  const scoped = open(id, { scope: 's' });
  const [remote] = await lockers(t, id, 1);
  await remote.ask('lock', ['x', 'y']);
  await one.locker.unlock('x');
  await one.locker.unlock(['y', 'never locked']);
  const waiting = watched(one.locker.lock('x'));
  const beside = watched(one.locker.lock('y'));
  await remote.ask('unlock', 'x');
  await waiting.promise;
  t.false(beside.isSettled);
  await remote.ask('unlock', ['x', 'y']);
  await beside.promise;
  // Another scope's name is another one.
  await scoped.locker.lock('x');
  await scoped.locker.unlock('x');
  await scoped.locker.unlock('y');
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => other.locker.lock('y'));
  // An adapter of the same scope and process may do it.
  await other.locker.unlock('x');
  await remote.ask('lock', 'x');
});

test('names are strings, and no names are locked at once', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const { locker } = open(id);
  for (const bad of [undefined, null, 1, ['x', 2], {}]) {
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => locker.lock(bad as string));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => locker.unlock(bad as string));
  }
  await locker.lock([]);
  await locker.lock(['x', 'x']);
  await locker.unlock('x');
  await locker.lock(['x', '', '__proto__', '\ud800']);
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => locker.lock('\ud800'));
});

test('closing an adapter frees what it holds, and rejects who waits on it', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [one, other] = [open(id), open(id)];
  await one.locker.lock(['x', 'y']);
  const waiting = other.locker.lock('x');
  const closed = open(id);
  const rejected = closed.locker.lock('x');
  closed.close();
  await throwsCode(t, 'ERR_PSC_CLOSED', () => rejected);
  one.close();
  await waiting;
  await other.locker.lock('y');
  await throwsCode(t, 'ERR_PSC_CLOSED', () => one.locker.lock('z'));
  await throwsCode(t, 'ERR_PSC_CLOSED', () => one.locker.unlock('z'));
});

test('a lock that is asked for before there is a cache is had when there is one', async (t) => {
  const id = uniqueId(t);
  const adapter = open(id);
  const error = await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => adapter.locker.lock('x'));
  t.true(error.message.includes('synchronizer'), error.message);
  const locking = adapter.locker.lock('x');
  await synchronize(t, id);
  await locking;
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => open(id).locker.lock('x'));
});

test('where the cache is replaced, who waits goes on waiting in the new one', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [remote] = await lockers(t, id, 1);
  await remote.ask('lock', 'x');
  const adapter = open(id);
  const waiting = adapter.locker.lock('x');
  const old = regionOf(id);
  const { rmSync } = await import('node:fs');
  rmSync(old.path);
  await within('the lock', waiting);
  t.true(old.retired);
});

test('numbers that are added to under locks of two names each, in any order, lose nothing', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const processes = await lockers(t, id, 4);
  const names = ['a', 'b', 'c', 'd'];
  const rounds = counts(100, 2000);
  const expected = new Map<string, number>();
  const pairs = processes.map((_, process) =>
    Array.from({ length: rounds }, (_, round) => {
      const one = names[(process + round) % 4] as string;
      const other = names[(process + round * 3 + 1 + (round % 3)) % 4] as string;
      return one === other ? [one, names[(names.indexOf(one) + 1) % 4] as string] : [one, other];
    }),
  );
  for (const name of pairs.flat(2)) expected.set(name, (expected.get(name) ?? 0) + 1);
  await Promise.all(processes.map((process, n) => process.ask('add', pairs[n])));
  const adapter = open(id);
  for (const [name, count] of expected) t.is(adapter.get(name), count, name);
  regionOf(id).validate();
});

test('a killed holder is in nobody’s way', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id);
  let longest = 0;
  for (let round = 0; round < counts(10, 100); round += 1) {
    const [holder, waiter] = (await lockers(t, id, 2)) as [TestProcess, TestProcess];
    await holder.ask('lock', ['x', 'y']);
    const waiting = waiter.ask('lock', ['y', 'z']);
    const mine = adapter.locker.lock('x');
    const { signal } = await holder.kill();
    t.is(signal, 'SIGKILL');
    const start = performance.now();
    await Promise.all([mine, waiting]);
    longest = Math.max(longest, performance.now() - start);
    await adapter.locker.unlock('x');
    await waiter.kill();
  }
  t.log(`longest wait after the end of a holder ${longest.toFixed(1)} ms`);
  t.true(longest < TAKEN_OVER_MS, `${longest} ms`);
});

test('a stopped holder keeps its lock for its lease, learns that it was lost, and frees nobody else’s', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const holder = await TestProcess.start(t, 'locker');
  await holder.ask('open', id, { lease: 700 });
  await holder.ask('lock', 'x');
  // Longer than its lease: it is renewed while it runs.
  const adapter = open(id);
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => adapter.locker.lock('x'));
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => adapter.locker.lock('x'));
  holder.signal('SIGSTOP');
  await untilStopped(holder.pid);
  await until('the lock is free', () =>
    adapter.locker.lock('x').then(
      () => true,
      () => false,
    ),
  );
  holder.signal('SIGCONT');
  await until('it was told', () => holder.stderr.includes('PSC_LOCK_LOST'));
  await holder.ask('unlock', 'x');
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => holder.ask('lock', 'x'));
});

test('8 processes that contend get between half and twice their fair share, and hand over quickly', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const processes = await lockers(t, id, 8);
  const from = Number(process.hrtime.bigint() / 1000n) + 500_000;
  const to = from + counts(2, 10) * 1_000_000;
  const holds = await Promise.all(
    processes.map((locker) => locker.ask<[number, number][]>('contend', 'x', from, to)),
  );
  const all = holds.flat().sort(([one], [other]) => one - other);
  const gaps: number[] = [];
  for (const [n, [since]] of all.entries()) {
    if (n === 0) continue;
    const gap = since - (all[n - 1] as [number, number])[1];
    t.true(gap >= 0, 'two held it at once');
    gaps.push(gap);
  }
  gaps.sort((one, other) => one - other);
  const at = (share: number) => gaps[Math.floor(gaps.length * share)] as number;
  const shares = holds.map((own) => own.length / (all.length / 8));
  t.log(
    `${all.length} holds, hand-over p50 ${at(0.5)} us, p99 ${at(0.99)} us; shares ` +
      shares.map((share) => share.toFixed(2)).join(' '),
  );
  for (const share of shares) t.true(share >= 0.5 && share <= 2, `${share} of a fair share`);
  t.true(at(0.5) <= HANDED_OVER_P50_US, `${at(0.5)} us`);
});
