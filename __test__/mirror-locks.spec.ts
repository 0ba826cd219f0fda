import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createPSCAdapter } from '../ts/adapter';
import { createElectronPSCSynchronizer } from '../ts/electron/main';
import { ElectronSyncAdapter } from '../ts/electron/preload';
import { NodeSyncAdapter } from '../ts/node';
import { BoundedStorage } from '../ts/storage/bounded';
import { createPSCSynchronizer } from '../ts/synchronizer';
import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../ts/types';
import { throwsCode } from './helpers/errors';
import { FakeElectron, type FakeWindow } from './helpers/fakeWindows';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// M12: locks and single flights of mirrors, which the synchronizer holds on their behalf.

type Options = Parameters<typeof createElectronPSCSynchronizer>[1];

function windows(t: ExecutionContext, options: Options = {}) {
  const electron = new FakeElectron();
  const synchronizer = createElectronPSCSynchronizer(electron.ipcMain, options);
  t.teardown(() => synchronizer.close());
  const open = (window: FakeWindow = electron.window(), scope?: string) =>
    createPSCAdapter(ElectronSyncAdapter(window.ipcRenderer), undefined, { scope });
  return { electron, open };
}

/** A transport of a user's own, that can be cut, and whose synchronizer's end tells everybody. */
function transport() {
  const mirrors: SharedEventHandler[] = [];
  let synchronizer: SharedEventHandler = () => {};
  const end: SyncAdapter = {
    send: (event) => {
      for (const mirror of mirrors) mirror(structuredClone(event));
    },
    receive: (handler) => {
      synchronizer = handler;
    },
  };
  const mirror = () => {
    const own = { isCut: false };
    const syncAdapter: SyncAdapter = {
      send: (event) => {
        if (!own.isCut) setImmediate(() => synchronizer(structuredClone(event)));
      },
      receive: (handler) => {
        mirrors.push((event) => (own.isCut ? undefined : handler(event)));
      },
    };
    return Object.assign(own, { syncAdapter });
  };
  return { end, mirror };
}

/** Until a window was told that others come first. */
const waits = (window: FakeWindow) =>
  until('it waits', () => window.told.some(({ type, more }) => type === 'lock' && more === true));

const refused = (error: { code?: string }) => error.code === 'ERR_PSC_LOCK_TIMEOUT';

test('mirrors on a user’s transport exclude each other, first come first served', async (t) => {
  const { end, mirror } = transport();
  const synchronizer = createPSCSynchronizer(end);
  t.teardown(() => synchronizer.close());
  const [one, other] = [
    createPSCAdapter(mirror().syncAdapter),
    createPSCAdapter(mirror().syncAdapter),
  ];
  await one.locker.lock(['x', 'y']);
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => other.locker.lock('x'));
  const [first, second] = [other.locker.lock('x'), one.locker.lock('x')];
  await other.locker.unlock('x');
  await one.locker.unlock('x');
  await first;
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => other.locker.lock('y'));
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => second);
  await one.locker.unlock(['y', 'never locked']);
  await other.locker.lock('y');
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => one.locker.lock(1 as never));
});

test('a mirror that is not heard of any more is in the way for its lease', async (t) => {
  const { end, mirror } = transport();
  const synchronizer = createPSCSynchronizer(end);
  t.teardown(() => synchronizer.close());
  const line = mirror();
  const one = createPSCAdapter(line.syncAdapter, undefined, { lease: 600 });
  const other = createPSCAdapter(mirror().syncAdapter);
  await one.locker.lock('x');
  // Renewed for as long as it is heard.
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => other.locker.lock('x'));
  line.isCut = true;
  await until('the lock is free', () =>
    other.locker.lock('x').then(
      () => true,
      (error) => !refused(error),
    ),
  );
  line.isCut = false;
  await one.locker.unlock('x');
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => one.locker.lock('x'));
});

test('closing a mirror frees what it holds, and rejects who waits on it', async (t) => {
  const { open } = windows(t);
  const [one, other, third] = [open(), open(), open()];
  await one.locker.lock('x');
  const waiting = other.locker.lock('x');
  const next = third.locker.lock('x');
  other.close();
  await throwsCode(t, 'ERR_PSC_CLOSED', () => waiting);
  await throwsCode(t, 'ERR_PSC_CLOSED', () => other.locker.lock('x'));
  one.close();
  await next;
});

for (const end of ['navigate', 'crash', 'destroy'] as const) {
  test(`a window that does ${end} frees its locks at once, and leaves the queues`, async (t) => {
    const { electron, open } = windows(t);
    const [holder, waiter, other] = [electron.window(), electron.window(), electron.window()];
    await open(holder).locker.lock(['x', 'y']);
    const never = open(waiter).locker.lock('x');
    const next = open(other).locker.lock('x');
    never.catch(() => {});
    await Promise.all([waiter, other].map(waits));
    waiter[end]();
    holder[end]();
    const start = performance.now();
    await next;
    t.true(performance.now() - start < 500);
  });
}

test('windows and native processes exclude each other, where they share a region', async (t) => {
  const id = uniqueId(t);
  const { open } = windows(t, { id });
  const native = createPSCAdapter(NodeSyncAdapter(undefined, id));
  const own = createPSCAdapter(NodeSyncAdapter(undefined, id), new BoundedStorage(undefined));
  const window = open();
  await native.locker.lock('x');
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => window.locker.lock('x'));
  const waiting = window.locker.lock('x');
  await native.locker.unlock('x');
  await waiting;
  // Held by the process of the synchronizer, and not by its native callers.
  await native.locker.unlock('x');
  await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => own.locker.lock('x'));
  await window.locker.unlock('x');
  await own.locker.lock('x');
  native.close();
  own.close();
});

test('misses of one key in windows and native processes at once are computed once', async (t) => {
  const id = uniqueId(t);
  const { open } = windows(t, { id });
  const native = createPSCAdapter(NodeSyncAdapter(undefined, id));
  const adapters = [open(), native, open(), open()];
  let made = 0;
  const make = async () => {
    made += 1;
    await delay(50);
    return { made };
  };
  const all = adapters.flatMap((adapter) =>
    Array.from({ length: 25 }, () => adapter.getOrSet('key', make)),
  );
  for (const value of await Promise.all(all)) t.deepEqual(value, { made: 1 });
  t.is(made, 1);
  native.close();
});

test('a window that is gone while it computes is replaced', async (t) => {
  const { electron, open } = windows(t);
  const [gone, stays] = [electron.window(), electron.window()];
  let began = false;
  const never = open(gone).getOrSet('key', () => {
    began = true;
    return new Promise(() => {});
  });
  never.catch(() => {});
  await until('it computes', () => began);
  const waiting = open(stays).getOrSet('key', () => 'value');
  await waits(stays);
  gone.destroy();
  t.is(await waiting, 'value');
});

test('getOrSet of a mirror: a ttl of its own, factories that throw, what cannot be set', async (t) => {
  const { end, mirror } = transport();
  const synchronizer = createPSCSynchronizer(end);
  t.teardown(() => synchronizer.close());
  const adapter = createPSCAdapter(mirror().syncAdapter);
  const other = createPSCAdapter(mirror().syncAdapter);
  t.is(await adapter.getOrSet('short', () => 1, { ttl: 20 }), 1);
  await until('it has expired', () => adapter.get('short') === undefined);
  const failing = adapter.getOrSet('key', () => Promise.reject(new TypeError('on purpose')));
  const succeeding = other.getOrSet('key', () => 'value');
  await t.throwsAsync(failing, { instanceOf: TypeError });
  t.is(await succeeding, 'value');
  t.is(await adapter.getOrSet<unknown>('bigint', () => 1n), 1n);
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.getOrSet('key', null as never));
});

test('with nobody there who knows of locks, a mirror computes by itself, and locks nothing', async (t) => {
  const adapter = createPSCAdapter({ send: () => {}, receive: () => {} });
  const error = await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => adapter.locker.lock('x'));
  t.true(error.message.includes('synchronizer'));
  t.is(await adapter.getOrSet('key', () => 'alone'), 'alone');
  adapter.close();
});

test('a window may lock as `allow` says, and so much', async (t) => {
  const { electron, open } = windows(t, {
    allow: ({ type, scope }) => type !== 'lock' || scope === 's',
  });
  await throwsCode(t, 'ERR_PSC_NOT_ALLOWED', () => open().locker.lock('x'));
  const window = electron.window();
  const { locker } = open(window, 's');
  const names = (from: number) => Array.from({ length: 200 }, (_, n) => `${from + n}`);
  await locker.lock(names(0));
  await throwsCode(t, 'ERR_PSC_TOO_MANY_LOCKS', () => locker.lock(names(200)));
  // On the window's account, whatever adapter asks.
  await throwsCode(t, 'ERR_PSC_TOO_MANY_LOCKS', () => open(window, 's').locker.lock(names(200)));
  await open(undefined, 's').locker.lock(names(200));
});

test('what a window says about locks may be anything', async (t) => {
  const { electron, open } = windows(t);
  const window = electron.window();
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"names":1}',
    '{"names":[1]}',
    '{"names":["x"],"lease":-1}',
  ]) {
    for (const type of ['lock', 'unlock']) {
      for (const write of [0, -1, 1.5, 7]) window.say({ type, text, write, key: '' });
    }
  }
  const { locker } = open();
  await locker.lock('y');
  // One of them was a lock of x, which goes with the window.
  window.destroy();
  await t.notThrowsAsync(locker.lock('x'));
});

test('events about locks do not disturb mirrors that know nothing of them', async (t) => {
  const { end, mirror } = transport();
  const synchronizer = createPSCSynchronizer(end);
  t.teardown(() => synchronizer.close());
  const told: SharedCacheEvent[] = [];
  const line = mirror();
  line.syncAdapter.receive((event) => void told.push(event));
  const [one, other] = [
    createPSCAdapter(mirror().syncAdapter),
    createPSCAdapter(mirror().syncAdapter),
  ];
  await one.locker.lock('x');
  await one.set('key', 1);
  await one.locker.unlock('x');
  await until('the other has it', () => other.get('key') === 1);
  const { malformed, failures } = synchronizer.stats();
  t.deepEqual([malformed, failures], [0, 0]);
  t.true(told.some(({ type }) => type === 'lock'));
});

test('answers about locks that overtake each other lose nobody a lock, and late questions take none', async (t) => {
  const answers: SharedCacheEvent[] = [];
  const questions: SharedCacheEvent[] = [];
  let synchronizer: SharedEventHandler = () => {};
  createPSCSynchronizer({
    send: (event) => void answers.push(event),
    receive: (handler) => {
      synchronizer = handler;
    },
  });
  const handlers: SharedEventHandler[] = [];
  const mirror = () => {
    const adapter = createPSCAdapter({
      send: (event) => {
        if (event.type === 'lock') questions.push(event);
        synchronizer(event);
      },
      receive: (handler) => void handlers.push(handler),
    });
    t.teardown(() => adapter.close());
    return adapter.locker;
  };
  const told = (type: string) => answers.filter((event) => event.type === type);
  const deliver = (event: SharedCacheEvent | undefined) => {
    for (const handler of handlers) void handler(structuredClone(event) as SharedCacheEvent);
  };
  const [first, second] = [mirror(), mirror()];
  const held = first.lock('name');
  deliver(told('lock')[0]);
  await held;
  const waiting = second.lock('name');
  await until('it is told to wait', () => told('lock').length >= 2);
  const wait = told('lock')[1];
  await first.unlock('name');
  await until('it is granted', () => told('lock').some(({ to, more }) => to === wait?.to && !more));
  deliver(told('lock').find(({ to, more }) => to === wait?.to && !more));
  await waiting;
  // What it was told before comes now: it holds all the same.
  deliver(wait);
  await t.throwsAsync(() => first.lock('name') as Promise<void>, { code: 'ERR_PSC_LOCK_TIMEOUT' });
  await second.unlock('name');
  // A question that was overtaken by the end of what it asks for.
  synchronizer(questions.find(({ senderID }) => senderID === wait?.to) as SharedCacheEvent);
  const again = first.lock('name');
  await until('it is free', () => {
    deliver(told('lock').at(-1));
    return Promise.race([Promise.resolve(again).then(() => true), delay(10).then(() => false)]);
  });
});
