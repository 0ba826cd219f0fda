import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { bundlePreload } from './helpers/bundle';
import { DEFAULT_SESSION, PAGES, type WebPreferences, Windows } from './helpers/windows';

// `RendererSyncAdapter()` in the page's own world, behind a preload script that lets it.

/** A window whose page has a mirror of its own, `held`. */
async function openHolding(windows: Windows, preferences: WebPreferences = {}) {
  const page = await windows.open(preferences);
  const entryPoints = [join(PAGES, 'page-mirror.mjs')];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: 'iife' });
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  await page.evaluate('held.ready');
  return page;
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
