import test, { type ExecutionContext } from 'ava';
import type { PSCStorageAdapter } from '../ts/types';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { WORLDS } from './helpers/worlds';

// alova's automatic invalidation, whose bookkeeping lies in the cache: processes change it at the same time.

const PROCESSES = 8;
const ENTRIES = 3;

type Sources = [names?: object, byRegexp?: object, regexps?: string[]];

async function start(t: ExecutionContext, options: object[]) {
  t.timeout(900_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const processes = await Promise.all(options.map(() => TestProcess.start(t, 'hit-sources')));
  await Promise.all(processes.map((each, n) => each.ask('open', id, options[n])));
  return {
    processes,
    all: <T>(verb: string, ...args: unknown[]) =>
      Promise.all(processes.map((each) => each.ask<T>(verb, ...args))),
    fetch: (round: number) =>
      Promise.all(
        processes.map((each, n) => {
          const names = Array.from({ length: ENTRIES }, (_, entry) => `${round}/${n}/${entry}`);
          return each.ask('fetch', names);
        }),
      ),
  };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Whatever is there, the bookkeeping leads to: the next invalidation removes it. */
async function checkNames({ processes, all }: Started, when: string) {
  for (const each of processes) {
    await until(`the bookkeeping leads to all that is there ${when}`, async () => {
      const held = (await all<string[]>('held')).flat();
      const [names = {}, byRegexp = {}, regexps = []] = await each.ask<Sources>('sources');
      const leads = (key: string) => Object.hasOwn(names, key) && Object.hasOwn(byRegexp, key);
      return held.every(leads) && (held.length === 0 || regexps.includes('^sa'));
    });
  }
}

async function checkEmpty({ processes, all }: Started, when: string) {
  for (const each of processes) {
    const isEmpty = async () => (await each.ask<string[]>('held')).length === 0;
    await until(`no dependent entry is left ${when}`, isEmpty);
    await until(`nothing leads anywhere ${when}`, async () => {
      const [names, byRegexp, regexps = []] = await each.ask<Sources>('sources');
      return names === undefined && byRegexp === undefined && regexps.length === 0;
    });
  }
  await all('forget');
}

for (const { name, start: startWorld } of WORLDS) {
  test(`${name}: writing what leads to entries adds what the writer has added and deletes what it has deleted`, async (t) => {
    const make = await startWorld(t);
    const [one, other] = [make(), make()];
    for (const key of ['$a.x', '$a.y', '$a.z']) await one.set(key, ['data']);
    await one.set('hss.s', { '$a.x': 0 });
    await until('the other has it', () => other.get('hss.s') !== undefined);
    const read = () => [one, other].map((each) => each.get<Record<string, number>>('hss.s') ?? {});
    const [mine = {}, theirs = {}] = read();
    mine['$a.y'] = 0;
    theirs['$a.z'] = 0;
    const writes = [one.set('hss.s', mine), other.set('hss.s', theirs)];
    t.deepEqual(
      [one.get('hss.s'), other.get('hss.s')].map((each) => '$a.x' in Object(each)),
      [true, true],
    );
    await Promise.all(writes);
    const names = (each: PSCStorageAdapter) => Object.keys(each.get('hss.s') ?? {}).sort();
    await until('both have both', () => [one, other].every((each) => names(each).length === 3));
    // One has read before the other deletes: what it writes then does not bring it back.
    const [late = {}, early = {}] = read();
    await other.remove('$a.x');
    delete early['$a.x'];
    await other.set('hss.s', early);
    late['$a.new'] = 0;
    await one.set('hss.s', late);
    await until('the name is gone', () =>
      [one, other].every((each) => !names(each).includes('$a.x')),
    );
    t.deepEqual(names(one), ['$a.new', '$a.y', '$a.z']);
    // One deletes all that it has read, and meanwhile something is added.
    const [emptied = {}] = read();
    await other.set('hss.s', { ...other.get<object>('hss.s'), '$a.later': 0 });
    for (const key of Object.keys(emptied)) {
      await one.remove(key);
      delete emptied[key];
    }
    await one.remove('hss.s');
    await until('the later one alone is left', () => String(names(other)) === '$a.later');
    await one.remove('hss.s');
    await until(
      'who removes without having read removes all',
      () => other.get('hss.s') === undefined,
    );
  });
}

for (const [name, options, rounds] of [
  ['native processes', Array.from({ length: PROCESSES }, () => ({})), counts(30, 1000)],
  [
    'native processes and mirrors, of two releases of alova',
    [{}, { mirror: true }, { release: 'alova-oldest' }, { mirror: true }],
    counts(10, 100),
  ],
] as const) {
  test(`${name}: an invalidation removes all that processes have added at once`, async (t) => {
    const started = await start(t, [...options]);
    const { processes, fetch } = started;
    for (let round = 0; round < rounds; round += 1) {
      await fetch(round);
      // A mirror invalidates what it has heard of.
      if (round % 10 === 0 || 'mirror' in (options[round % options.length] ?? {})) {
        await checkNames(started, `in round ${round}`);
      }
      await processes[round % processes.length]?.ask('save');
      await checkEmpty(started, `after round ${round}`);
    }
    t.pass();
  });

  test(`${name}: no deletion is undone by who adds at the same time, and nothing is lost`, async (t) => {
    const started = await start(t, [...options]);
    const { processes, fetch } = started;
    for (let round = 0; round < rounds; round += 1) {
      // The same names again and again, so that some are removed while others set them.
      await Promise.all([
        fetch(round % 3),
        processes[round % processes.length]?.ask('save'),
        fetch((round + 1) % 3),
        processes[(round + 1) % processes.length]?.ask('save'),
      ]);
      await checkNames(started, `in round ${round}`);
      await processes[round % processes.length]?.ask('save');
      await checkEmpty(started, `after round ${round}`);
    }
    t.pass();
  });
}
