import test, { type ExecutionContext } from 'ava';
import { Channel } from '../ts/session';
import type { PSCChange, PSCChangeType, PSCStorageAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { forkFixture } from './helpers/channels';
import { throwsCode } from './helpers/errors';
import { FakeElectron } from './helpers/fakeWindows';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';

// Whatever the adapter is: who listens to changes hears in which session each was made.

type Step = readonly [method: string, key?: string, value?: unknown];

const TYPES: readonly PSCChangeType[] = ['set', 'remove', 'clear'];

function hear(adapter: PSCStorageAdapter): PSCChange[] {
  const heard: PSCChange[] = [];
  for (const type of TYPES) adapter.on(type, (change) => heard.push(change));
  return heard;
}

const run = (channel: Channel, sessionId: string, action: string, payload: unknown) =>
  within(sessionId, channel.startSession(sessionId, { action, payload }));

const told = (heard: readonly PSCChange[]) =>
  heard.map(({ type, key, session }) => `${type} ${key}: ${session}`);

/** Everything that changes an entry, on keys of one's own. */
function steps(name: string, rounds: number): Step[] {
  return Array.from({ length: rounds }, (_, round): Step[] => [
    ['set', `${name} set ${round}`, 1],
    ['remove', `${name} set ${round}`],
    ['update', `${name} update ${round}`, 1],
    ['increment', `${name} increment ${round}`],
    ['getOrSet', `${name} getOrSet ${round}`, 1],
  ]).flat();
}

const WAYS = [
  { kind: 'native', title: 'a process that maps the cache' },
  { kind: 'mirror', title: 'a mirror' },
] as const;

/** A process that writes, and what an adapter of another one hears. */
async function start(t: ExecutionContext, kind: 'native' | 'mirror') {
  const id = uniqueId(t);
  await synchronize(t, id);
  const channel = new Channel(forkFixture(t, 'session-writes'));
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  await adapter.ready;
  const heard = hear(adapter);
  await run(channel, 'opens', 'open', { kind, id, isAwaited: true });
  return { channel, heard };
}

for (const { kind, title } of WAYS) {
  test(`${title}: each change tells the session that made it, however sessions mix`, async (t) => {
    const { channel, heard } = await start(t, kind);
    const rounds = 20;
    await Promise.all([
      ...['one', 'two', 'three'].map((name) => run(channel, name, 'write', steps(name, rounds))),
      run(channel, 'asks', 'writeOutside', steps('outside', rounds)),
    ]);
    await run(channel, 'last', 'write', [['clear']]);
    await until('all was heard', () => heard.at(-1)?.type === 'clear');
    t.is(heard.length, 4 * 5 * rounds + 1);
    t.is(heard.at(-1)?.session, 'last');
    for (const { type, key, session } of heard.slice(0, -1)) {
      const [name] = key.split(' ');
      t.is(session, name === 'outside' ? undefined : name, `${type} ${key}`);
    }
  });

  test(`${title}: a listener that streams is in its session to its end`, async (t) => {
    const { channel, heard } = await start(t, kind);
    const call = channel.startSession('streams', {
      action: 'stream',
      payload: [
        ['set', 'a', 1],
        ['remove', 'a'],
      ],
    });
    for await (const _ of call.items) await run(channel, 'between', 'write', [['set', 'b', 1]]);
    await within('it ends', call);
    await until('all was heard', () => heard.length >= 5);
    t.deepEqual(
      told(heard).filter((change) => change.includes('streams')),
      ['set a: streams', 'remove a: streams', 'set at the end: streams'],
    );
    t.is(told(heard).filter((change) => change === 'set b: between').length, 2);
  });
}

test('writes that wait for a synchronizer keep the session in which they were made', async (t) => {
  const id = uniqueId(t);
  const channel = new Channel(forkFixture(t, 'session-writes'));
  await run(channel, 'opens', 'open', { kind: 'native', id });
  const changes = (name: string): Step[] => [
    ['set', `${name} a`, 1],
    ['increment', `${name} b`],
    ['update', `${name} c`, 1],
    ['remove', `${name} d`],
    ['clear'],
    ['set', `${name} e`, 1],
  ];
  for (const name of ['one', 'two']) await run(channel, name, 'writeAtOnce', changes(name));
  await synchronize(t, id);
  // By the process itself: another one might not be there in time.
  const heard = await until('all was heard', async () => {
    const changes = (await run(channel, 'asks', 'heard', undefined)) as PSCChange[];
    return changes.length === 12 ? changes : undefined;
  });
  const expected = ['one', 'two'].flatMap((name) =>
    [
      `set ${name} a`,
      `set ${name} b`,
      `set ${name} c`,
      `remove ${name} d`,
      'clear ',
      `set ${name} e`,
    ].map((change) => `${change}: ${name}`),
  );
  t.deepEqual(told(heard), expected);
});

test('an option names the session of any kind of adapter, in pages too', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  let current: string | undefined;
  const options = {
    session() {
      if (current === 'throws') throw new Error('on purpose');
      return current;
    },
  };
  const electron = new FakeElectron();
  const main = psc.createElectronPSCSynchronizer(electron.ipcMain, { allow: () => true });
  t.teardown(() => main.close());
  const inWindows = [electron.window(), electron.window()].map((window) =>
    psc.ElectronSyncAdapter(window.ipcRenderer),
  );
  const onRegion = [1, 2].map(() => psc.NodeSyncAdapter(undefined, id));
  for (const [writing, listening] of [onRegion, inWindows] as const) {
    const cache = psc.createPSCAdapter(writing as never, undefined, options);
    const other = psc.createPSCAdapter(listening as never);
    t.teardown(() => {
      cache.close();
      other.close();
    });
    await within('they join', Promise.all([cache.ready, other.ready]));
    const heard = hear(other);
    const changes = [
      () => cache.set('a', 1),
      () => cache.update('a', () => 2),
      () => cache.increment('n'),
      () => cache.getOrSet('m', async () => 1),
      () => cache.remove('a'),
      () => cache.clear(),
    ];
    for (const session of ['first', undefined, 'Zürich 😀', 'throws', 'x'.repeat(1000)]) {
      current = session;
      for (const change of changes) {
        const before = heard.length;
        const changed = change();
        // What is under way is that of the call.
        current = 'somebody else';
        await within('it is settled', changed as Promise<unknown>);
        await until('it was heard', () => heard.length > before);
        current = session;
      }
      const sessions = new Set(heard.splice(0).map((each) => each.session));
      const expected = session === 'throws' ? undefined : session?.slice(0, 256);
      t.deepEqual([...sessions], [expected]);
    }
  }
  const transport = psc.NodeSyncAdapter(undefined, id);
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () =>
    psc.createPSCAdapter(transport, undefined, { session: 'a name' as never }),
  );
});
