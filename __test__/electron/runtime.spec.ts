import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { uniqueId } from '../helpers/unique';
import { Application } from './helpers/application';
import { bundlePreload } from './helpers/bundle';

// What every other test here stands on: that the runtime is a real Electron, with real sandboxes.

declare global {
  /** Of the main process of the app `runtime`: a value that a utility process shared under the id. */
  function askUtilityProcess(id: string): Promise<unknown>;
}

/** What the preload script of the app `runtime` exposes. */
interface Exposed {
  readonly isSandboxed: boolean;
  readonly isIsolated: boolean;
  readonly canLoadFs: boolean;
  readonly electron: string;
}

test('a window has a sandboxed preload script, isolated from its page', async (t) => {
  const app = await Application.launch(t, 'runtime');
  const page = await app.window();
  const { isSandboxed, isIsolated, canLoadFs, electron } =
    await page.evaluate<Exposed>('window.preload');
  t.deepEqual([isSandboxed, isIsolated, canLoadFs], [true, true, false]);
  const versions = await app.evaluate(() => process.versions);
  t.is(electron, versions.electron as string);
  t.true(Number(versions.napi) >= 8);
  t.log(`Electron ${electron}, Node ${versions.node}, Node-API ${versions.napi}`);
});

test('a message crosses from a page to the main process and back', async (t) => {
  const app = await Application.launch(t, 'runtime');
  const page = await app.window();
  t.deepEqual(await page.evaluate("window.preload.echo({ text: 'hello' })"), { text: 'hello' });
});

test('a utility process loads the native addon', async (t) => {
  const id = uniqueId(t);
  const app = await Application.launch(t, 'runtime');
  await app.window();
  const answer = await app.evaluate((_, given) => globalThis.askUtilityProcess(given), id);
  t.deepEqual(answer, { text: 'hello' });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('nothing is left of an app that was closed', async (t) => {
  const app = await Application.launch(t, 'runtime');
  await app.window();
  const ids = await app.processIds();
  t.true(ids.length > 1);
  await app.close();
  await app.until('all its processes have ended', () => ids.every((id) => !isRunning(id)));
});

// What has ended may stay listed as a zombie, where nobody asks how.
function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  return existsSync(status) && !readFileSync(status, 'utf8').includes(') Z ');
}

test('a preload script can be bundled for the sandbox', async (t) => {
  const preload = await bundlePreload(t, join(__dirname, 'apps/runtime/preload-with-import.js'));
  const app = await Application.launch(t, 'runtime', { env: { PRELOAD: preload } });
  const page = await app.window();
  t.deepEqual(await page.evaluate('window.imported'), { isSandboxed: true, from: 'a module' });
});
