import test from 'ava';
import type { PSCChange, PSCChangeType, PSCStorageAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { WORLDS, wrapped } from './helpers/worlds';

// Who listens hears what happens in the adapter's scope, whoever did it.

const TYPES: readonly PSCChangeType[] = ['set', 'remove', 'clear', 'evict', 'expire', 'lost'];
const CHANGES = TYPES.filter((type) => type !== 'lost');

/** Hears everything, or all but losses: those of a mirror are as its transport is. */
function hear(adapter: PSCStorageAdapter, types = TYPES): { heard: PSCChange[]; stop: () => void } {
  const heard: PSCChange[] = [];
  const stops = types.map((type) => adapter.on(type, (change) => heard.push(change)));
  const stop = () => {
    for (const each of stops) each();
  };
  return { heard, stop };
}

const told = (heard: readonly PSCChange[]) => heard.map(({ type, key }) => `${type} ${key}`);

for (const { name, mirrors, start } of WORLDS) {
  test(`${name}: a listener hears what is set, removed and cleared in its scope, by all, in order`, async (t) => {
    const make = await start(t);
    const [one, other, foreign] = [
      make({ scope: 'a' }),
      make({ scope: 'a' }),
      make({ scope: 'b' }),
    ];
    for (const adapter of [one, other, foreign]) await adapter.ready;
    const [own, others] = [hear(one, CHANGES), hear(foreign, CHANGES)];
    await one.set('x', 1);
    await until('it was heard', () => own.heard.length === 1);
    t.is(one.get('x'), 1);
    // One after the other: a mirror is told the last of several changes of a key alone.
    const changes = [() => other.set('y', 2), () => other.remove('x'), () => other.clear()];
    for (const [done, change] of changes.entries()) {
      await change();
      await until('it was heard', () => own.heard.length === done + 2);
    }
    await foreign.set('z', 3);
    await until('it was heard', () => others.heard.length === 1);
    t.deepEqual(told(own.heard), ['set x', 'set y', 'remove x', 'clear ']);
    t.deepEqual(told(others.heard), ['set z']);
    for (const { pid, scope, seq } of own.heard) {
      t.is(pid, process.pid);
      t.is(scope, 'a');
      t.is(typeof seq, 'number');
    }
    const seqs = own.heard.map(({ seq }) => seq as number);
    t.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
    own.stop();
    own.stop();
    await one.set('later', 1);
    await foreign.set('later', 1);
    await until('who still listens has heard', () => others.heard.length === 2);
    t.is(own.heard.length, 4);
  });

  test(`${name}: a listener hears of what is over, once`, async (t) => {
    const make = await start(t);
    const [one, other] = [make({ ttl: 300 }), make()];
    await one.ready;
    await other.ready;
    const { heard } = hear(other, CHANGES);
    await one.set('key', 1);
    await until('its end was heard', () => heard.some(({ type }) => type === 'expire'));
    // To a mirror that was told late, its set is nothing any more.
    if (mirrors && heard.length === 1) t.deepEqual(told(heard), ['expire key']);
    else t.deepEqual(told(heard), ['set key', 'expire key']);
    t.is(other.get('key'), undefined);
  });

  test(`${name}: a listener that throws harms nobody, and one that is closed hears nothing`, async (t) => {
    const make = await start(t);
    const [one, other] = [make(), make()];
    await one.ready;
    await other.ready;
    one.on('set', () => {
      throw new Error('on purpose');
    });
    one.on('set', async () => {
      throw new Error('on purpose');
    });
    const { heard } = hear(one, CHANGES);
    const beside = hear(other, CHANGES);
    await other.set('key', 1);
    await until('all others heard it', () => heard.length === 1 && beside.heard.length === 1);
    one.close();
    await other.set('key', 2);
    await until('it was heard', () => beside.heard.length === 2);
    t.is(heard.length, 1);
    await throwsCode(t, 'ERR_PSC_CLOSED', () => one.on('set', () => {}));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => other.on('get' as 'set', () => {}));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => other.on('set', 1 as never));
  });

  if (!mirrors) {
    test(`${name}: every change is told, also of one key set again and again`, async (t) => {
      const make = await start(t);
      const [one, other] = [make(), make()];
      const { heard } = hear(other, CHANGES);
      for (let n = 0; n < 5000; n += 1) await one.set('key', n);
      await until('all was heard', () => heard.length === 5000);
      t.true(heard.every(({ type, key }) => type === 'set' && key === 'key'));
    });
  }
}

test('a change of another process comes with the id of that process', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const writers = [await Participant.start(t), await Participant.start(t)];
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  await adapter.ready;
  const { heard } = hear(adapter);
  for (const writer of writers) {
    const remote = await writer.open(id);
    await remote.set('key', writer.process.pid);
    await remote.remove('key');
  }
  await until('all was heard', () => heard.length === 4);
  const expected = writers.flatMap(({ process: { pid } }) => [`set ${pid}`, `remove ${pid}`]);
  t.deepEqual(
    heard.map(({ type, pid }) => `${type} ${pid}`),
    expected,
  );
});

test('evictions are told, with the id of the process that needed the room', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: 2 * 1024 * 1024 });
  const writer = await Participant.start(t);
  const remote = await writer.open(id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  const evicted: PSCChange[] = [];
  adapter.on('evict', (change) => evicted.push(change));
  for (let n = 0; n < 40; n += 1) await remote.set(`key ${n}`, 'x'.repeat(100_000));
  await until('some have left', () => evicted.length > 15);
  t.is(evicted[0]?.key, 'key 0');
  t.true(evicted.every(({ pid }) => pid === writer.process.pid));
});

test('who falls behind the feed is told that changes were lost, and hears on', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: 2 * 1024 * 1024 });
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  const { heard } = hear(adapter);
  // Nothing is told before this turn of the event loop ends.
  for (let n = 0; n < 100; n += 1) void adapter.set(`key ${n}`, 'x'.repeat(100_000));
  await until('the loss was told', () => heard.some(({ type }) => type === 'lost'));
  await adapter.set('last', 1);
  await until('the last was heard', () => heard.at(-1)?.key === 'last');
  t.pass();
});

for (const kind of ['native adapter', 'mirror']) {
  test(`${kind}: who listens to a cache that is replaced hears of the loss, and then of the new one`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const transport = kind === 'mirror' ? wrapped(id) : psc.NodeSyncAdapter(undefined, id);
    const adapter = psc.createPSCAdapter(transport);
    t.teardown(() => adapter.close());
    await adapter.ready;
    const { heard } = hear(adapter);
    await adapter.set('old', 1);
    await until('it was heard', () => heard.length === 1);
    regionOf(id).giveUp();
    // The replaced region tells nobody of itself; its users look after it now and then.
    await until('the loss was told', () => {
      adapter.get('old');
      return heard.at(-1)?.type === 'lost';
    });
    await adapter.set('new', 1);
    await until('the new one was heard', () => heard.at(-1)?.key === 'new');
    t.deepEqual(told(heard).slice(0, 2), ['set old', 'lost ']);
  });
}

test('listening before there is a cache is listening', async (t) => {
  const id = uniqueId(t);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  const { heard } = hear(adapter);
  await synchronize(t, id);
  await adapter.ready;
  await adapter.set('key', 1);
  await until('it was heard', () => heard.length === 1);
  t.deepEqual(told(heard), ['set key']);
});

test('listening keeps no process alive, and who stops leaves no thread', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const listener = await TestProcess.start(t, 'listener', { args: [id] });
  const threads = () => listener.ask<number>('threads');
  await listener.ask('listen');
  const one = await threads();
  for (let n = 0; n < 20; n += 1) await listener.ask('listen');
  t.is(await threads(), one, 'one thread for all');
  await listener.ask('stop');
  await until('the thread has ended', async () => (await threads()) < one);
  await listener.ask('listen');
  await listener.ask('leave');
  const { code, signal } = await listener.ended;
  t.deepEqual([code, signal], [0, null]);
});
