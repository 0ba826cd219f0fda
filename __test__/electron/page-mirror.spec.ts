import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { bundlePreload } from './helpers/bundle';
import { DEFAULT_SESSION, PAGES, type WebPreferences, Windows } from './helpers/windows';

// `RendererSyncAdapter()` in the page's own world, behind a preload script that lets it.

/** A window whose page has a mirror of its own, `held`. */
async function openHolding(windows: Windows, preferences: WebPreferences = {}) {
  const page = await windows.open(preferences);
  await hold(page);
  await page.evaluate('held.ready');
  return page;
}

/** Gives a page a mirror of its own. */
async function hold(page: Page): Promise<void> {
  const entryPoints = [join(PAGES, 'page-mirror.mjs')];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: 'iife' });
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
}

async function share(t: ExecutionContext, windows: Windows, preferences?: WebPreferences) {
  const one = await openHolding(windows, preferences);
  await one.evaluate("held.set('k', { a: 1 })");
  const two = await openHolding(windows, preferences);
  t.deepEqual(await two.evaluate("held.get('k')"), { a: 1 });
  t.true(await two.evaluate("held.get('k') === held.get('k')"));
  await two.evaluate("held.remove('k')");
  await windows.app.until(
    'the removal has come',
    async () => !(await one.evaluate("held.get('k')")),
  );
}

test('pages hold their mirrors behind the shipped preload script', async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize({}, [DEFAULT_SESSION]);
  await share(t, windows);
});

for (const contextIsolation of [true, false]) {
  test(`pages hold their mirrors behind a preload script of one's own, contextIsolation: ${contextIsolation}`, async (t) => {
    const windows = await Windows.launch(t);
    await windows.synchronize();
    const preload = await bundlePreload(t, join(PAGES, 'preload-serving.mjs'));
    await share(t, windows, { preload, contextIsolation });
  });
}

/** Preload scripts behind which a page waits: one of a user's own, and the shipped one as it is. */
const WAITING = {
  "a preload script of one's own": (t: ExecutionContext) =>
    bundlePreload(t, join(PAGES, 'preload-serving.mjs')),
  'the shipped preload script': (_: ExecutionContext, windows: Windows) =>
    windows.app.evaluate(() => globalThis.resolvePreload()),
};

for (const [name, preloadOf] of Object.entries(WAITING)) {
  test(`what a page sets before there is a synchronizer is shared once there is one, behind ${name}`, async (t) => {
    const windows = await Windows.launch(t);
    const preload = await preloadOf(t, windows);
    const [one, two] = [await windows.open({ preload }), await windows.open({ preload })];
    await Promise.all([one, two].map(hold));
    const sets = [1, 2, 3].map((n) => one.evaluate(`held.set('k${n}', ${n})`));
    t.is(await one.evaluate("held.get('k3')"), 3);
    // Long after what was sent until now was lost.
    await two.evaluate("held.get('k3')");
    await windows.synchronize({ expose: 'pscAdapter' });
    await Promise.all(sets);
    await two.evaluate('held.ready');
    await windows.app.until('the other page has it', () => two.evaluate("held.get('k3')"));
    t.deepEqual(await two.evaluate("['k1', 'k2', 'k3'].map(held.get)"), [1, 2, 3]);
  });
}
