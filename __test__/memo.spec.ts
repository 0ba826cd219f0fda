import test from 'ava';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// The memo of decoded values: the same object until somebody changed it, and never a stale one.

for (const index of ['memory', 'call']) {
  test(`checked by ${index}, a value is the same object until another process changes it`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const env = { ...process.env, PSC_NATIVE_INDEX: index };
    const reader = await Participant.start(t, { env });
    const changer = await (await Participant.start(t)).open(id);
    const { process: remote } = reader;
    await reader.open(id);
    const read = (key: string) => remote.ask<[number, unknown]>('identity', key);
    await changer.set('key', { n: 1 });
    await changer.set('beside', { n: 1 });
    const [first] = await read('key');
    t.deepEqual(await read('key'), [first, { n: 1 }]);
    await changer.set('beside', { n: 2 });
    t.deepEqual(await read('key'), [first, { n: 1 }], 'a change beside it is none');
    await changer.set('key', { n: 1 });
    const [second] = await read('key');
    t.not(second, first, 'even the same value, set again, is another');
    await changer.remove('key');
    t.is((await read('key'))[1], undefined);
    await changer.set('key', { n: 3 });
    t.deepEqual((await read('key'))[1], { n: 3 });
    await changer.clear();
    t.is((await read('key'))[1], undefined);
  });
}

test('a memo that may hold nothing changes nothing but the objects', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const transport = psc.NodeSyncAdapter(undefined, id);
  const adapter = psc.createPSCAdapter(transport, undefined, { memoBytes: 1 });
  for (let n = 0; n < 100; n += 1) {
    await adapter.set('key', { n });
    t.deepEqual(adapter.get('key'), { n });
  }
});

test('a memoized value ends with its time to live', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const transport = psc.NodeSyncAdapter(undefined, id);
  const adapter = psc.createPSCAdapter(transport, undefined, { ttl: 100 });
  const start = performance.now();
  await adapter.set('key', { n: 1 });
  await until('it is gone', () => adapter.get('key') === undefined, 1000);
  t.true(performance.now() - start >= 99);
});
