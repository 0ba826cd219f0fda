import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';
import { WORLDS, type World } from './helpers/worlds';

// A write to a key while its value is computed: what was computed before it is stored over nothing, and given to nobody who
// asks after it (R38).

/** A factory that returns when it is told to. */
function gate<T>() {
  let open: (value: T) => void = () => {};
  let begin: () => void = () => {};
  const value = new Promise<T>((resolve) => {
    open = resolve;
  });
  const began = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const factory = () => {
    begin();
    return value;
  };
  return { factory, began, open: (given: T) => open(given) };
}

async function openTwo(t: ExecutionContext, start: World['start']) {
  const make = await start(t);
  const [one, other] = [make(), make()];
  await Promise.all([one.ready, other.ready]);
  return [one, other] as const;
}

const writes = {
  remove: (adapter) => adapter.remove('key'),
  clear: (adapter) => adapter.clear(),
  set: (adapter) => adapter.set('key', 'newer'),
  update: (adapter) => adapter.update('key', () => 'newer'),
  'set, then remove': async (adapter) => {
    await adapter.set('key', 'newer');
    await adapter.remove('key');
  },
} satisfies Record<string, (adapter: ReturnType<typeof psc.createPSCAdapter>) => Promise<unknown>>;

for (const { name, mirrors, start } of WORLDS) {
  for (const [verb, write] of Object.entries(writes)) {
    for (const who of ['the same adapter', 'another one']) {
      test(`${name}: ${verb} by ${who} while a value is computed is not overwritten by it`, async (t) => {
        const [one, other] = await openTwo(t, start);
        const writer = who === 'the same adapter' ? one : other;
        const old = gate<string>();
        const computed = one.getOrSet('key', old.factory);
        const joined = one.getOrSet('key', () => 'never made');
        await old.began;
        await write(writer);
        const newer = verb === 'set' || verb === 'update' ? 'newer' : undefined;
        await until('the adapter has heard of the write', async () => one.get('key') === newer);
        if (mirrors && newer === undefined && writer !== one) {
          // A mirror that heard of nothing before has nothing to forget: it hears of the write later than its writer.
          const heard = new Promise((resolve) => {
            for (const type of ['set', 'remove', 'clear'] as const) one.on(type, resolve);
          });
          await write(writer);
          await heard;
        }
        // Who asks after the write does not wait for what was computed before it.
        const asked = await within(
          'the new value',
          one.getOrSet('key', () => 'fresh'),
        );
        t.is(asked, newer ?? 'fresh');
        old.open('old');
        // Who asked before the write has what was made for them.
        t.deepEqual(await Promise.all([computed, joined]), ['old', 'old']);
        for (const adapter of [one, other]) {
          await until('both have the same', () => adapter.get('key') === (newer ?? 'fresh'));
        }
        await delay(20);
        t.is(one.get('key'), newer ?? 'fresh');
        t.is(other.get('key'), newer ?? 'fresh');
      });
    }
  }

  test(`${name}: what is computed while nobody writes is stored, and later callers have it`, async (t) => {
    const [one, other] = await openTwo(t, start);
    const gated = gate<string>();
    const computed = one.getOrSet('key', gated.factory);
    await gated.began;
    await other.set('another key', 1);
    await other.remove('a third key');
    gated.open('made');
    t.is(await computed, 'made');
    t.is(one.get('key'), 'made');
    t.is(await other.getOrSet('key', () => 'again'), 'made');
  });

  test(`${name}: an update that changes nothing is no write`, async (t) => {
    const [one, other] = await openTwo(t, start);
    const gated = gate<string>();
    const computed = one.getOrSet('key', gated.factory);
    await gated.began;
    for (const adapter of [one, other]) await adapter.update('key', (current) => current);
    const joined = one.getOrSet('key', () => 'never made');
    gated.open('made');
    t.deepEqual(await Promise.all([computed, joined]), ['made', 'made']);
    t.is(one.get('key'), 'made');
  });

  test(`${name}: a factory that asks for its own key is told so`, async (t) => {
    const make = await start(t);
    const adapter = make();
    await adapter.ready;
    const inner = () => adapter.getOrSet('key', () => 'inner');
    await throwsCode(t, 'ERR_PSC_DEADLOCK', () =>
      within('an error', adapter.getOrSet('key', inner)),
    );
    const through = () => adapter.getOrSet('other', () => adapter.getOrSet('key', () => 'inner'));
    await throwsCode(t, 'ERR_PSC_DEADLOCK', () =>
      within('an error', adapter.getOrSet('key', through)),
    );
    t.is(await adapter.getOrSet('key', () => adapter.getOrSet('other', () => 'fine')), 'fine');
  });

  test(`${name}: factories that wait for each other end by their timeouts`, async (t) => {
    const [one, other] = await openTwo(t, start);
    const [a, b] = [gate<void>(), gate<void>()];
    const crossing = [
      one.getOrSet('a', async () => {
        await a.factory();
        return one.getOrSet('b', () => 1, { timeout: 100 });
      }),
      other.getOrSet('b', async () => {
        await b.factory();
        return other.getOrSet('a', () => 1, { timeout: 100 });
      }),
    ];
    await Promise.all([a.began, b.began]);
    a.open();
    b.open();
    const ends = await within('both', Promise.allSettled(crossing));
    const codes = ends.map((end) => (end as { reason?: { code?: string } }).reason?.code);
    t.true(codes.includes('ERR_PSC_TIMEOUT'), `${codes}`);
    // Nobody stands in the way afterwards.
    t.is(
      await within(
        'a',
        one.getOrSet('c', () => 'c'),
      ),
      'c',
    );
    await one.clear();
    t.is(
      await within(
        'a',
        other.getOrSet('a', () => 'a'),
      ),
      'a',
    );
    t.is(
      await within(
        'b',
        one.getOrSet('b', () => 'b'),
      ),
      'b',
    );
  });

  test(`${name}: a call that gave up waiting leaves the queue, and a factory that it began goes on`, async (t) => {
    const [one, other] = await openTwo(t, start);
    const gated = gate<string>();
    const first = one.getOrSet('key', gated.factory);
    await gated.began;
    const mine = one.getOrSet('key', () => 'never made', { timeout: 100 });
    const theirs = other.getOrSet('key', () => 'theirs', { timeout: 100 });
    await throwsCode(t, 'ERR_PSC_TIMEOUT', () => theirs);
    await throwsCode(t, 'ERR_PSC_TIMEOUT', () => mine);
    const waiting = other.getOrSet('key', () => 'second');
    gated.open('made');
    t.is(await within('the value of the first', waiting), 'made');
    t.is(await first, 'made');
    t.is(one.get('key'), 'made');
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () =>
      one.getOrSet('key', () => 1, { timeout: -1 }),
    );
  });
}

test('a write of another process ends the computing of this one', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  const writer = await TestProcess.start(t, 'participant');
  const theirs = await writer.ask<number>('open', id);
  for (const [verb, newer] of [
    ['remove', undefined],
    ['clear', undefined],
    ['set', 'newer'],
  ] as const) {
    const old = gate<string>();
    const computed = adapter.getOrSet('key', old.factory);
    await old.began;
    await writer.ask(verb, theirs, 'key', 'newer');
    t.is(await adapter.getOrSet('key', () => 'fresh'), newer ?? 'fresh');
    old.open('old');
    t.is(await computed, 'old');
    t.is(await writer.ask('get', theirs, 'key'), newer ?? 'fresh');
    await adapter.remove('key');
  }
});

test('the processes that wait for a value compute at once when a write makes it worthless', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const computer = await TestProcess.start(t, 'locker');
  await computer.ask('open', id);
  const old = computer.ask('compute', 'key', 'old', 3000);
  await computer.next('computes', () => computer.told.length > 0);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  const waiting = adapter.getOrSet('key', () => 'fresh');
  await delay(20);
  let computed = false;
  void old.then(() => {
    computed = true;
  });
  await adapter.remove('key');
  t.is(await within('a fresh value', waiting), 'fresh');
  t.false(computed, 'they waited for what is worth nothing');
  t.is(await old, 'old');
  t.is(adapter.get('key'), 'fresh');
});
