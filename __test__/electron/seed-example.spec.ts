import { cpSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Application } from './helpers/application';
import { bundlePreload } from './helpers/bundle';
import { Project } from './helpers/project';
import { PAGES, Windows } from './helpers/windows';

// The set-up that the documentation of @alova/psc shows, which never worked there, with only the import changed.

declare global {
  /** Of the main process of the app `seed-example`. */
  function openWindow(webPreferences: object): Promise<void>;
}

interface Fetched {
  readonly article: { readonly title: string };
  readonly requests: number;
  readonly fromCache: boolean;
}

const WINDOWS = [
  { sandbox: true, contextIsolation: true },
  { sandbox: false, contextIsolation: true },
  { sandbox: false, contextIsolation: false },
];

for (const window of WINDOWS) {
  const { sandbox, contextIsolation } = window;
  test(`two windows share a value with sandbox: ${sandbox}, contextIsolation: ${contextIsolation}`, async (t) => {
    const project = Project.create(t, join(__dirname, 'apps', 'seed-example'), [
      'alova',
      '@alova/shared',
      'rate-limit-core',
    ]);
    const main = await project.transpile('main.mjs');
    const script = contextIsolation ? 'preload.mjs' : 'preload-without-isolation.mjs';
    const preload = await (sandbox ? project.bundle(script) : project.transpile(script));
    await project.bundle('page.mjs', { format: 'iife' });
    cpSync(project.path('page.html'), project.path('built/page.html'));
    const app = await Application.launch(t, project.start(main), {
      env: { PAGE: project.path('built/page.html') },
    });
    const open = () =>
      app.window(() =>
        app.evaluate((_, given) => globalThis.openWindow(given), { ...window, preload }),
      );
    const [one, two] = [await open(), await open()];
    t.is(await one.evaluate("pscAdapter.get('missing')"), undefined);
    await one.evaluate("pscAdapter.set('k', { a: [1, 'é', null] })");
    t.deepEqual(await one.evaluate("pscAdapter.get('k')"), { a: [1, 'é', null] });
    await app.until('the other window has it', () => two.evaluate("pscAdapter.get('k')"));
    t.deepEqual(await two.evaluate("pscAdapter.get('k')"), { a: [1, 'é', null] });
    await two.evaluate("pscAdapter.remove('k')");
    await app.until('the first window has that', async () => {
      return (await one.evaluate("pscAdapter.get('k')")) === undefined;
    });
    const article = { title: 'An article' };
    t.deepEqual(await one.evaluate<Fetched>('fetchArticle()'), {
      article,
      requests: 1,
      fromCache: false,
    });
    await app.until('the other window has the article', async () => {
      return (await two.evaluate<Fetched>('fetchArticle()')).fromCache;
    });
    t.deepEqual(await two.evaluate<Fetched>('fetchArticle()'), {
      article,
      requests: 0,
      fromCache: true,
    });
    await t.throwsAsync(one.evaluate('pscAdapter.set(7, 1)'), { message: /only strings are keys/ });
  });
}

// As the same page has it under "Custom Storage Adapter".
test('a storage given to ElectronSyncAdapter is used, filled when the window opens, and follows', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize();
  const preload = await bundlePreload(t, join(PAGES, 'preload-storage.mjs'));
  const one = await windows.open({ preload });
  t.deepEqual(await one.evaluate('stored()'), {});
  await one.evaluate("pscAdapter.set('k', { a: 1 })");
  t.deepEqual(await one.evaluate("pscAdapter.get('k')"), { a: 1 });
  t.deepEqual(await one.evaluate('stored()'), { k: { a: 1 } });
  const two = await windows.open({ preload });
  t.deepEqual(await two.evaluate('stored()'), { k: { a: 1 } });
  t.deepEqual(await two.evaluate('window.first'), { a: 1 });
  await one.evaluate("pscAdapter.set('other', [1])");
  await windows.app.until('the other storage has it', async () => {
    return 'other' in (await two.evaluate<object>('stored()'));
  });
  await two.evaluate('pscAdapter.clear()');
  await windows.app.until('the first storage is empty', async () => {
    return Object.keys(await one.evaluate<object>('stored()')).length === 0;
  });
});

test('a storage given to createPSCAdapter comes before the one given to ElectronSyncAdapter', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize();
  const preload = await bundlePreload(t, join(PAGES, 'preload-storages.mjs'));
  const page = await windows.open({ preload });
  await page.evaluate("pscAdapter.set('k', 1)");
  t.deepEqual(await page.evaluate('stored()'), { transport: {}, adapter: { k: 1 } });
});
