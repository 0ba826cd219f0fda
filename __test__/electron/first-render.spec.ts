import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { uniqueDirectory } from '../helpers/unique';
import { Application, REPOSITORY } from './helpers/application';

// What shared caches are for in windows: what one has fetched, another shows at once. A real page with
// React, alova's `useRequest`, built with Vite as a user builds it.

/** Of the page of the app `first-render`. */
interface Seen {
  /** What every render was given, from the first on. */
  readonly renders: readonly { readonly loading: boolean; readonly title: string | null }[];
  /** Every text that stood there. */
  readonly shown: readonly string[];
  /** Set when the request is over. */
  readonly answer?: { readonly fromCache: boolean };
}

type Kind = 'exposed' | 'renderer';

declare global {
  /** Of the main process of the app `first-render`: opens a window whose page uses this adapter. */
  function openPage(kind: string): Promise<void>;
  /** As above: requests at the origin, writes that the store took. */
  function counts(): { readonly requests: number; readonly applied: number };
  /** As above. */
  var isReady: boolean | undefined;
}

const LOADING = { loading: true, title: null };
const ARTICLE = { loading: false, title: 'An article' };
const DEPENDENCIES = ['alova', 'react', 'react-dom'];

/** A project of a user's own, which has this package among its dependencies. */
function createProject(folder: string): void {
  cpSync(join(__dirname, 'apps', 'first-render', 'page'), folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(REPOSITORY, join(modules, 'psc-native'));
  for (const name of DEPENDENCIES) {
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
  }
}

async function buildPage(t: ExecutionContext): Promise<string> {
  const project = uniqueDirectory(t);
  createProject(project);
  const { build } = await import('vite');
  await build({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: { target: 'chrome108' },
  });
  return join(project, 'dist');
}

async function launch(t: ExecutionContext): Promise<Application> {
  const app = await Application.launch(t, 'first-render', { env: { PAGE: await buildPage(t) } });
  await app.until('the app is ready', () => app.evaluate(() => globalThis.isReady));
  return app;
}

/** Opens a window. Returns what it had seen when its request was over, and two frames later. */
async function open(app: Application, kind: Kind): Promise<Seen> {
  const page: Page = await app.window(() =>
    app.evaluate((_, adapter) => globalThis.openPage(adapter), kind),
  );
  const seen = () => page.evaluate<Seen | undefined>('window.seen');
  await app.until('its request is over', async () => (await seen())?.answer);
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
  return (await seen()) as Seen;
}

const COMBINATIONS: readonly (readonly [first: Kind, second: Kind])[] = [
  ['exposed', 'exposed'],
  ['renderer', 'renderer'],
  ['exposed', 'renderer'],
  ['renderer', 'exposed'],
];
const NAMES = {
  exposed: 'the adapter that is exposed without set-up',
  renderer: "an adapter in the page's own world",
};

for (const [first, second] of COMBINATIONS) {
  const name = `with ${NAMES[second]}, a window's first render has what another fetched with ${first === second ? 'one like it' : NAMES[first]}`;
  test(name, async (t) => {
    const app = await launch(t);
    const fetched = await open(app, first);
    t.deepEqual(fetched.renders[0], LOADING);
    t.deepEqual(fetched.renders.at(-1), ARTICLE);
    t.deepEqual(fetched.shown, ['Loading', 'An article']);
    t.deepEqual(fetched.answer, { fromCache: false });
    await app.until('it is shared', async () => (await app.evaluate(() => counts())).applied === 1);

    const found = await open(app, second);
    t.deepEqual(found.renders[0], ARTICLE);
    t.true(found.renders.every(({ loading }) => !loading));
    t.deepEqual(found.shown, ['An article']);
    t.deepEqual(found.answer, { fromCache: true });
    t.is((await app.evaluate(() => counts())).requests, 1);
  });
}
