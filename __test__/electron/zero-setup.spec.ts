import { join } from 'node:path';
import test from 'ava';
import type { Page } from 'playwright-core';
import { uniqueId } from '../helpers/unique';
import { bundlePreload } from './helpers/bundle';
import { DEFAULT_SESSION, PAGES, Windows } from './helpers/windows';

// `createElectronPSCSynchronizer(ipcMain, { session, expose })`, and nothing else: the shipped preload script does the
// rest. `registerPreloadScript`, which Electron 35 and later have, is tested in electron-session.spec.ts.

const has = (page: Page, name = 'pscAdapter') => page.evaluate(`'${name}' in window`);
const get = (page: Page, key = 'k') => page.evaluate(`pscAdapter.get('${key}')`);

test('the windows of a session find the adapter, and those of another session do not', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({}, [DEFAULT_SESSION]);
  const [one, two, other] = [
    await windows.open(),
    await windows.open(),
    await windows.open({ partition: 'another' }),
  ];
  t.deepEqual([await has(one), await has(two), await has(other)], [true, true, false]);
  await one.evaluate("pscAdapter.set('k', { a: 1 })");
  await windows.app.until('the other window has it', () => get(two));
  t.deepEqual(await get(two), { a: 1 });
});

test('several sessions can be given, and a name of your own', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({ expose: 'cache' }, ['one', 'two']);
  const [one, two, other] = [
    await windows.open({ partition: 'one' }),
    await windows.open({ partition: 'two' }),
    await windows.open(),
  ];
  for (const name of ['cache', 'pscAdapter']) {
    t.deepEqual(
      await Promise.all([one, two, other].map((page) => has(page, name))),
      name === 'cache' ? [true, true, false] : [false, false, false],
    );
  }
  await one.evaluate("cache.set('k', 1)");
  await windows.app.until('the other session has it', () => two.evaluate("cache.get('k')"));
});

test('the shipped preload script runs beside the one of the window', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({}, [DEFAULT_SESSION]);
  const page = await windows.open({ preload: join(PAGES, 'preload-own.js') });
  t.deepEqual([await has(page), await has(page, 'own')], [true, true]);
});

for (const contextIsolation of [true, false]) {
  for (const sandbox of [true, false]) {
    test(`the shipped preload script is used directly, sandbox: ${sandbox}, contextIsolation: ${contextIsolation}`, async (t) => {
      const windows = await Windows.launch(t);
      await windows.synchronize({ expose: 'pscAdapter' });
      const preload = await windows.app.evaluate(() => globalThis.resolvePreload());
      const preferences = { preload, sandbox, contextIsolation };
      const [one, two] = [await windows.open(preferences), await windows.open(preferences)];
      await one.evaluate("pscAdapter.set('k', { a: 1 })");
      await windows.app.until('the other window has it', () => get(two));
      t.deepEqual(await get(two), { a: 1 });
    });
  }
}

test("the first get of a page's first script answers, in a new window and after a reload", async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({}, [DEFAULT_SESSION]);
  const one = await windows.open();
  t.is(await one.evaluate('window.first'), undefined);
  await one.evaluate("pscAdapter.set('k', { a: 1 })");
  t.deepEqual(await (await windows.open()).evaluate('window.first'), { a: 1 });
  await one.reload();
  t.deepEqual(await one.evaluate('window.first'), { a: 1 });
});

test('with an id, the first get of a page answers what the main process has set', async (t) => {
  const id = uniqueId(t);
  const windows = await Windows.launch(t);
  await windows.synchronize({ id }, [DEFAULT_SESSION]);
  await windows.app.evaluate((_, given) => globalThis.writeNatively(given, 'k', { a: 1 }), id);
  t.deepEqual(await (await windows.open()).evaluate('window.first'), { a: 1 });
});

test('a closed synchronizer leaves nothing behind, and windows opened later have no adapter', async (t) => {
  const windows = await Windows.launch(t);
  const traces = () => windows.app.evaluate(() => globalThis.traces());
  const before = await traces();
  await windows.synchronize({}, [DEFAULT_SESSION]);
  t.is((await traces()).preloads.length, before.preloads.length + 1);
  const page = await windows.open();
  await page.evaluate("pscAdapter.set('k', 1)");
  await windows.app.evaluate(() => globalThis.synchronizer.close());
  t.deepEqual(await traces(), before);
  t.is(await get(page), 1);
  t.false(await has(await windows.open()));
  await page.reload();
  t.false(await has(page));
});

test('for one ipcMain there is one synchronizer, until it is closed', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({}, [DEFAULT_SESSION]);
  const page = await windows.open();
  await page.evaluate("pscAdapter.set('k', 1)");
  t.true(await windows.app.evaluate(() => globalThis.isSame({ expose: 'ignored' })));
  const { preloads } = await windows.app.evaluate(() => globalThis.traces());
  t.is(preloads.length, 1);
  t.is(await (await windows.open()).evaluate('window.first'), 1);
  await windows.app.evaluate(() => globalThis.synchronizer.close());
  t.false(await windows.app.evaluate(() => globalThis.isSame({})));
});

test('a window that asks before there is a synchronizer does not wait, and shares once there is one', async (t) => {
  const windows = await Windows.launch(t);
  const preload = await bundlePreload(t, join(PAGES, 'preload-timed.mjs'));
  const [one, two] = [await windows.open({ preload }), await windows.open({ preload })];
  t.is(await one.evaluate('window.first'), undefined);
  // Nobody's answer would be given by Electron's garbage collector only, after seconds.
  t.true(Number(await one.evaluate('timed.createdInMs')) < 1000);
  const set = one.evaluate("pscAdapter.set('k', 'early')");
  t.is(await get(one), 'early');
  await windows.synchronize();
  await set;
  await windows.app.until('the other window has it', () => get(two));
  t.is(await (await windows.open({ preload })).evaluate('window.first'), 'early');
});

for (const contextIsolation of [true, false]) {
  test(`a window with the shipped preload script that was there before the synchronizer finds the adapter later, contextIsolation: ${contextIsolation}`, async (t) => {
    const windows = await Windows.launch(t);
    const preload = await windows.app.evaluate(() => globalThis.resolvePreload());
    const early = await windows.open({ preload, contextIsolation });
    t.false(await has(early, 'cache'));
    await windows.synchronize({ expose: 'cache' });
    const late = await windows.open({ preload, contextIsolation });
    await late.evaluate("cache.set('k', { a: 1 })");
    await windows.app.until('the page finds it', () => has(early, 'cache'));
    t.deepEqual(await early.evaluate("cache.get('k')"), { a: 1 });
    await early.evaluate("cache.set('k', 2)");
    await windows.app.until('the other window has that', async () => {
      return (await late.evaluate("cache.get('k')")) === 2;
    });
  });
}
