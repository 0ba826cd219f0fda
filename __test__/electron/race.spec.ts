import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { counts } from '../helpers/counts';
import { uniqueDirectory, uniqueId } from '../helpers/unique';
import { Application, REPOSITORY } from './helpers/application';

// Whatever races, and whoever reloads meanwhile: in the end all windows hold what the store holds. Half of them hold their
// mirror in the preload script, half in the page.

declare global {
  /** Of the main process of the app `race`: opens windows on a cache in memory (null) or in a region. */
  function startRace(id: string | null, windows: number): Promise<void>;
  /** As above: opens one more. */
  function openRacer(): Promise<void>;
  /** As above: calls a function of a window's page. */
  function inRacer(at: number, name: string, ...args: unknown[]): Promise<unknown>;
  /** As above. */
  function reloadRacer(at: number): Promise<void>;
  /** As above: what a native adapter reads of each key. */
  function dumpStore(keys: number): string;
}

const WINDOWS = 4;
const KEYS = 200;
const SETS = counts(4000, 10_000);
const LAPS = 5;

async function bundleRenderer(t: ExecutionContext): Promise<string> {
  const outfile = join(uniqueDirectory(t), 'renderer.js');
  await build({
    entryPoints: ['psc-native/renderer'],
    absWorkingDir: REPOSITORY,
    outfile,
    bundle: true,
    format: 'iife',
    globalName: 'renderer',
    target: 'chrome108',
    logLevel: 'error',
  });
  return outfile;
}

for (const where of ['in memory', 'in a region'] as const) {
  test(`windows that race and reload come to hold the same ${where}, and never miss their own writes`, async (t) => {
    const id = where === 'in memory' ? null : uniqueId(t);
    const app = await Application.launch(t, 'race', { env: { RENDERER: await bundleRenderer(t) } });
    await app.evaluate((_, [name, count]) => globalThis.startRace(name, count), [
      id,
      WINDOWS,
    ] as const);
    const all = Array.from({ length: WINDOWS }, (_, at) => at);
    const inWindow = (at: number, name: string, ...args: unknown[]) =>
      app.evaluate((_, [whom, what, given]) => globalThis.inRacer(whom, what, ...given), [
        at,
        name,
        args,
      ] as const);
    for (let lap = 0; lap < LAPS; lap += 1) {
      const reloaded = lap % WINDOWS;
      const races = all.map((at) =>
        inWindow(at, 'race', `w${at} l${lap}`, KEYS, SETS / WINDOWS / LAPS),
      );
      await app.evaluate((_, at) => globalThis.reloadRacer(at), reloaded);
      races[reloaded]?.catch(() => {});
      // What the reloaded window was about to say nobody hears any more.
      const others = races.filter((_, at) => at !== reloaded);
      t.deepEqual(await Promise.all(others), [0, 0, 0]);
    }
    const dump = async (at: number) => (await inWindow(at, 'dump', KEYS)) as string;
    await app.until('all windows hold the same', async () => {
      return new Set(await Promise.all(all.map(dump))).size === 1;
    });
    const held = await dump(0);
    t.is((JSON.parse(held) as unknown[]).filter((value) => value === null).length, 0);
    await app.evaluate(() => globalThis.openRacer());
    t.is(await dump(WINDOWS), held, 'a window that is opened afterwards');
    if (id !== null) t.is(await app.evaluate((_, keys) => globalThis.dumpStore(keys), KEYS), held);
  });
}
