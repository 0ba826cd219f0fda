import test from 'ava';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// Joining: at once if there is a cache, in any order to the synchronizer, and never losing what was set.

const ENTRIES = 20_000;
/** Ten times what is promised, because others use the machine. */
const MOST_MILLISECONDS = 500;

test('who joins a full cache reads its first value at once', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const text = 't'.repeat(2000);
  await (await TestProcess.start(t, 'joiner')).ask('fill', id, ENTRIES, text);
  const times: number[] = [];
  for (const n of [0, ENTRIES - 1, 7]) {
    const joiner = await TestProcess.start(t, 'joiner');
    const { value, took } = await joiner.ask<{ value: unknown; took: number }>(
      'firstRead',
      id,
      `key ${n}`,
    );
    t.deepEqual(value, { n, text });
    times.push(took);
  }
  t.log(`${times.map((time) => time.toFixed(1)).join(', ')} ms`);
  t.true(Math.max(...times) < MOST_MILLISECONDS);
});

test('what is set before there is a synchronizer is read here at once, and by all later', async (t) => {
  const id = uniqueId(t);
  const early = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  const scoped = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
    scope: 's',
  });
  const elsewhere = await Participant.start(t);
  const other = await elsewhere.open(id);
  // A clear that waits somewhere else would take it along.
  const apart = await elsewhere.open(id, { scope: 'apart' });
  let settled = 0;
  const count = () => {
    settled += 1;
  };
  const writes = [
    early.set('cleared', 1),
    early.clear(),
    early.set('key', { n: 1 }),
    early.set('key', { n: 2 }),
    early.set('removed', 1),
    early.remove('removed'),
    scoped.set('key', 'scoped'),
  ];
  for (const write of writes) void write.then(count);
  t.deepEqual(['cleared', 'key', 'removed'].map(early.get), [undefined, { n: 2 }, undefined]);
  t.is(scoped.get('key'), 'scoped');
  const theirs = apart.set('theirs', 1);
  t.is(await apart.get('theirs'), 1);
  t.is(await other.get('key'), undefined);
  t.is(settled, 0);
  await synchronize(t, id);
  await Promise.all([...writes, theirs, early.ready, scoped.ready]);
  await other.ready();
  t.deepEqual(['cleared', 'key', 'removed'].map(early.get), [undefined, { n: 2 }, undefined]);
  const late = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
    scope: 'apart',
  });
  t.is(late.get('theirs'), 1);
  t.deepEqual(await other.get('key'), { n: 2 });
  t.is(scoped.get('key'), 'scoped');
});

test('onConnect is called once, when there is a cache, and its function closes what it connected', async (t) => {
  const id = uniqueId(t);
  const stops: (() => void)[] = [];
  const transport = psc.NodeSyncAdapter((stop) => stops.push(stop), id);
  const adapter = psc.createPSCAdapter(transport);
  await until('a moment has passed', () => Promise.resolve(true));
  t.is(stops.length, 0);
  await synchronize(t, id);
  await transport.ready;
  await adapter.set('key', 1);
  t.is(stops.length, 1);
  stops[0]?.();
  t.throws(() => adapter.get('key'), { code: 'ERR_PSC_CLOSED' });
  t.throws(() => psc.createPSCAdapter(transport).get('key'), { code: 'ERR_PSC_CLOSED' });
  t.is(psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).get('key'), 1);
});

test('an adapter that is closed before it is ready says so', async (t) => {
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, uniqueId(t)));
  const writing = adapter.set('key', 1);
  adapter.close();
  await t.throwsAsync(adapter.ready, { code: 'ERR_PSC_CLOSED' });
  await t.throwsAsync(writing, { code: 'ERR_PSC_CLOSED' });
});

test('without a synchronizer, that is said once, after five seconds, with the remedy', async (t) => {
  const id = uniqueId(t);
  const lonely = await Participant.start(t);
  const start = performance.now();
  const adapters = [await lonely.open(id), await lonely.open(id)];
  const writing = adapters[0]?.set('key', 1);
  const warnings = () => lonely.process.stderr.match(/PSC_NO_SYNCHRONIZER/g)?.length ?? 0;
  await until('it is said', () => warnings() > 0, 50_000);
  t.true(performance.now() - start > 4900);
  t.regex(lonely.process.stderr, /createNodePSCSynchronizer/);
  t.true(lonely.process.stderr.includes(id));
  await synchronize(t, id);
  await writing;
  // It held nobody up, and is shared when the synchronizer is found.
  await until('it is shared', async () => (await adapters[1]?.get('key')) === 1);
  t.is(warnings(), 1);
});
