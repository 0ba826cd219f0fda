import test from 'ava';
import { createPSCAdapter } from '../ts/adapter';
import { createElectronPSCSynchronizer } from '../ts/electron/main';
import { ElectronSyncAdapter } from '../ts/electron/preload';
import { NodeSyncAdapter } from '../ts/node';
import type { SharedCacheEvent } from '../ts/types';
import { throwsCode } from './helpers/errors';
import { FakeElectron } from './helpers/fakeWindows';
import { uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';

// Both ends of Electron's IPC together. That Electron carries it so is shown in __test__/electron/.

type Options = Parameters<typeof createElectronPSCSynchronizer>[1];

function start(options: Options = {}) {
  const electron = new FakeElectron();
  const synchronizer = createElectronPSCSynchronizer(electron.ipcMain, options);
  const open = (scope?: string) =>
    createPSCAdapter(ElectronSyncAdapter(electron.window().ipcRenderer), undefined, { scope });
  return { electron, synchronizer, open };
}

test("a window that is opened has the others' entries at once", async (t) => {
  const { open } = start();
  const first = open();
  await first.set('k', { a: [1, '\ud83d\ude00', null] });
  await first.set('__proto__', 'a key like any other');
  const second = open();
  t.deepEqual(second.get('k'), { a: [1, '\ud83d\ude00', null] });
  t.is(second.get('__proto__'), 'a key like any other');
  t.is(second.get('missing'), undefined);
  await second.ready;
});

test('windows hear of each other, and read their own writes at once', async (t) => {
  const { open } = start();
  const [one, two] = [open('s'), open('s')];
  const set = one.set('k', 1);
  t.is(one.get('k'), 1);
  await set;
  await until('the other window has it', () => two.get('k') === 1);
  await two.remove('k');
  await until('the first window has that', () => one.get('k') === undefined);
});

test('a value is decoded once, and the same object each time', async (t) => {
  const { open } = start();
  await open().set('k', { a: 1 });
  const reader = open();
  t.is(reader.get('k'), reader.get('k'));
  t.deepEqual(reader.get('k'), { a: 1 });
});

test('a large cache is told in two steps: the newest at once, the rest a moment later', async (t) => {
  const { open } = start({ limits: { firstBytes: 10_000 } });
  const writer = open();
  const text = 'x'.repeat(1000);
  for (let n = 0; n < 50; n += 1) await writer.set(`key ${n}`, text);
  const reader = open();
  t.is(reader.get('key 49'), text);
  t.is(reader.get('key 0'), undefined);
  await until('the rest has come', () => reader.get('key 0') === text);
  for (let n = 0; n < 50; n += 1) t.is(reader.get(`key ${n}`), text);
});

test('a value that is no JSON, which only a forged message can hold, is a miss', async (t) => {
  const { electron, open } = start();
  const forger = electron.window();
  forger.say({ type: 'init', senderID: 'f' });
  forger.say({ senderID: 'f', key: 'forged', text: '{"a":', write: 2 });
  const reader = open();
  t.is(reader.get('forged'), undefined);
  await reader.set('k', 1);
  t.is(open().get('k'), 1);
});

test('a refused write rejects with its code, and the key reads as before', async (t) => {
  const { open } = start({ limits: { maxValueBytes: 100 } });
  const adapter = open();
  await adapter.set('k', 'before');
  await t.throwsAsync(adapter.set('k', 'x'.repeat(200)), { code: 'ERR_PSC_VALUE_TOO_LARGE' });
  t.is(adapter.get('k'), 'before');
});

test('a scope that a window may not use reads as empty, and says so to who writes', async (t) => {
  const { open } = start({ allow: ({ scope }) => scope !== 'admin' });
  const adapter = open('admin');
  await adapter.ready;
  t.is(adapter.get('k'), undefined);
  await t.throwsAsync(adapter.set('k', 1), { code: 'ERR_PSC_NOT_ALLOWED' });
  t.is(adapter.get('k'), undefined);
});

test("a transport of the user's own around ours sees values as they are", async (t) => {
  const { electron, open } = start();
  const inner = ElectronSyncAdapter(electron.window().ipcRenderer);
  const seen: SharedCacheEvent[] = [];
  const wrapped = createPSCAdapter({
    send: (event) =>
      inner.send({ ...event, ...(event.type === 'set' && { value: `<${event.value}>` }) }),
    receive: (handler) =>
      inner.receive((event) => {
        const copy = structuredClone({ ...event });
        seen.push(copy);
        return handler(copy);
      }),
  });
  await wrapped.set('k', 'changed');
  await open().set('other', [1]);
  await until('both were told', () => wrapped.get('other') !== undefined);
  t.is(open().get('k'), '<changed>');
  t.deepEqual(seen.find(({ key }) => key === 'other')?.value, [1]);
});

test('with an id, windows and native processes share one cache', async (t) => {
  const id = uniqueId(t);
  const { open, synchronizer } = start({ id });
  t.teardown(() => synchronizer.close());
  const native = createPSCAdapter(NodeSyncAdapter(undefined, id));
  await native.set('from native', { n: 1 });
  const window = open();
  t.deepEqual(window.get('from native'), { n: 1 });
  await window.set('from a window', { w: 2 });
  t.deepEqual(native.get('from a window'), { w: 2 });
  await native.set('from native', { n: 2 });
  await until('the window hears of it', () => window.get<{ n: number }>('from native')?.n === 2);
  await native.clear();
  await until('the window is empty', () => window.get('from a window') === undefined);
});

test('a synchronizer that comes late finds the windows that were there before', async (t) => {
  const electron = new FakeElectron();
  const early = createPSCAdapter(ElectronSyncAdapter(electron.window().ipcRenderer));
  const set = early.set('k', 1);
  t.is(early.get('k'), 1);
  // Long after what was sent then was lost.
  await new Promise(setImmediate);
  createElectronPSCSynchronizer(electron.ipcMain);
  // The mirror's own timers keep no process alive.
  await within('The early write holds nobody up', set);
  const late = createPSCAdapter(ElectronSyncAdapter(electron.window().ipcRenderer));
  t.true(await until('the early write is shared', () => late.get('k') === 1));
});

for (const name of ['in memory', 'with an id']) {
  test(`${name}: windows that stay open follow the synchronizer that takes the place of a closed one`, async (t) => {
    const electron = new FakeElectron();
    const options = name === 'with an id' ? { id: uniqueId(t) } : {};
    const first = createElectronPSCSynchronizer(electron.ipcMain, options);
    const open = (scope?: string) =>
      createPSCAdapter(ElectronSyncAdapter(electron.window().ipcRenderer), undefined, { scope });
    const [one, other, scoped] = [open(), open(), open('s')];
    for (const adapter of [one, other, scoped]) await adapter.ready;
    await one.set('before', 1);
    await scoped.set('key', 'in a scope');
    await until('both have it', () => other.get('before') === 1);
    first.close();
    const lost = one.set('meanwhile', 2);
    const next = createElectronPSCSynchronizer(electron.ipcMain, options);
    t.teardown(() => next.close());
    const late = open();
    await late.ready;
    await late.set('after', 3);
    // A window that only reads has no reason of its own to ask.
    await until('the reader has what was set later', () => other.get('after') === 3);
    await Promise.allSettled([within('what was written in between', lost)]);
    for (const key of ['before', 'meanwhile', 'after']) {
      await until(`all hold the same in ${key}`, () => {
        return new Set([one, other, late].map((adapter) => adapter.get(key))).size === 1;
      });
    }
    await scoped.set('key', 'again');
    t.is(scoped.get('key'), 'again');
  });
}

test('windows and native processes change a key at the same time, and no change is lost', async (t) => {
  const id = uniqueId(t);
  const { open, synchronizer } = start({ id });
  t.teardown(() => synchronizer.close());
  const native = createPSCAdapter(NodeSyncAdapter(undefined, id));
  const adapters = [open(), open(), native];
  await adapters[0]?.increment('k', 1, { ttl: 60_000 });
  const increments = Array.from({ length: 60 }, (_, n) => adapters[n % 3]?.increment('k'));
  const sums = (await Promise.all(increments)).sort((a = 0, b = 0) => a - b);
  t.deepEqual(
    sums,
    Array.from({ length: 60 }, (_, n) => n + 2),
  );
  await until('all see the sum', () => adapters.every((adapter) => adapter.get('k') === 61));
  t.is(await adapters[1]?.update('k', () => undefined), undefined);
  await until('it is gone', () => adapters.every((adapter) => adapter.get('k') === undefined));
});

test('a window that may not set a key may not change it either', async (t) => {
  const { open } = start({ allow: ({ type }) => type === 'init' });
  await throwsCode(t, 'ERR_PSC_NOT_ALLOWED', () => open().increment('k'));
  const { open: openNothing } = start({ allow: () => false });
  await throwsCode(t, 'ERR_PSC_NOT_ALLOWED', () => openNothing().increment('k'));
});
