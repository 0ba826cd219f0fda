import test from 'ava';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { WORLDS } from './helpers/worlds';

// What an adapter counts.

for (const { name, mirrors, start } of WORLDS) {
  test(`${name}: entries and bytes are the scope's, hits and misses the adapter's`, async (t) => {
    const make = await start(t);
    const [one, other] = [make({ scope: 'a' }), make({ scope: 'b' })];
    await one.ready;
    await other.ready;
    for (let n = 0; n < 10; n += 1) await one.set(`key ${n}`, { text: 'x'.repeat(1000) });
    await other.set('key', 1);
    one.get('absent');
    for (let n = 0; n < 5; n += 1) one.get('key 1');
    other.get('absent');
    const { scope, total } = one.stats();
    t.is(scope.entries, 10);
    t.true((scope.bytes as number) > 10_000 && (scope.bytes as number) < 30_000, `${scope.bytes}`);
    t.deepEqual([scope.hits, scope.misses], [5, 1]);
    t.true(scope.memoHits >= 3 && scope.memoHitRate === scope.memoHits / 5);
    // A mirror has its scope alone.
    t.is(total.entries, mirrors ? 10 : 11);
    t.true((total.maxBytes as number) >= (total.capacityBytes as number));
    t.is(total.evictions, 0);
    if (!mirrors) t.true(total.hits >= 5 && total.misses >= 2);
    await one.clear();
    await until('nothing is left', () => one.stats().scope.entries === 0);
    t.is(one.stats().scope.bytes, 0);
    t.is(other.stats().scope.entries, 1);
  });

  test(`${name}: what is over is counted`, async (t) => {
    const make = await start(t);
    const adapter = make({ ttl: 50 });
    await adapter.ready;
    for (let n = 0; n < 3; n += 1) await adapter.set(`key ${n}`, n);
    await until('all have left', () => adapter.stats().total.entries === 0);
    // A mirror is told by its store, or takes them out itself, whatever comes first.
    t.true(mirrors || adapter.stats().total.expirations === 3);
  });
}

test('hits are counted by process, entries for all', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  const beside = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  for (const each of [adapter, beside]) t.teardown(() => each.close());
  const remote = await (await Participant.start(t)).open(id);
  await remote.set('key', 1);
  for (let n = 0; n < 10; n += 1) await remote.get('key');
  const { scope, total } = adapter.stats();
  t.deepEqual([scope.entries, total.entries], [1, 1]);
  t.deepEqual([scope.hits, total.hits, total.misses], [0, 0, 0]);
  adapter.get('key');
  beside.get('absent');
  t.deepEqual([adapter.stats().scope.hits, adapter.stats().scope.misses], [1, 0]);
  t.deepEqual([adapter.stats().total.hits, adapter.stats().total.misses], [1, 1]);
});

test('evictions are counted, and the bound is what was asked for', async (t) => {
  const id = uniqueId(t);
  const maxBytes = 2 * 1024 * 1024;
  await synchronize(t, id, { maxBytes });
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  for (let n = 0; n < 40; n += 1) await adapter.set(`key ${n}`, 'x'.repeat(100_000));
  const { total } = adapter.stats();
  t.is(total.maxBytes, maxBytes);
  t.is(total.evictions + (total.entries as number), 40);
  t.true((total.bytes as number) <= (total.capacityBytes as number));
});

test('a mirror in the storage of the user counts what it can', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = psc.createPSCAdapter(
    psc.NodeSyncAdapter(undefined, id),
    new psc.ExplicitCacheAdapter(),
  );
  t.teardown(() => adapter.close());
  await adapter.set('key', 1);
  adapter.get('key');
  const { entries, bytes, hits, misses } = adapter.stats().scope;
  t.deepEqual([entries, bytes, hits, misses], [undefined, undefined, 1, 0]);
});

test('without a cache, and after the end, there is nothing to count', async (t) => {
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, uniqueId(t)));
  adapter.get('key');
  t.deepEqual(adapter.stats().scope, {
    entries: 0,
    bytes: 0,
    hits: 0,
    misses: 1,
    memoHits: 0,
    memoHitRate: 0,
  });
  adapter.close();
  t.is(adapter.stats().total.maxBytes, 0);
});
