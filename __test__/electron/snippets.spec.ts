import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { snippetsOf } from '../helpers/snippets';
import { uniqueId } from '../helpers/unique';
import { Application } from './helpers/application';
import { Project } from './helpers/project';
import { Windows } from './helpers/windows';

// What the documentation shows for Electron runs as it is shown.

const SET_UPS = [
  ['README.md', '## Electron'],
  ['docs/electron.md', '## The three files'],
] as const;

/** What a main script that shows no windows itself needs around it. */
const OPENING = `
const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow(global.preferences ?? {}).loadFile('index.html'));
`;

const projectOf = (t: ExecutionContext, files: Readonly<Record<string, string>>) => {
  const alova = ['alova', '@alova/shared', 'rate-limit-core'];
  const project = Project.create(t, join(__dirname, 'apps', 'snippets'), alova);
  for (const [name, text] of Object.entries(files)) writeFileSync(project.path(name), text);
  return project;
};

/** Starts a project, and opens a second window beside its own. */
async function twoWindows(
  t: ExecutionContext,
  project: Project,
  preload?: string,
): Promise<{ app: Application; one: Page; two: Page }> {
  const app = await Application.launch(t, project.start(project.path('main.js')));
  const one = await app.window();
  await one.waitForLoadState();
  const two = await app.window(() =>
    app.evaluate(
      ({ BrowserWindow }, webPreferences) =>
        new BrowserWindow({ webPreferences }).loadFile('index.html'),
      preload === undefined ? {} : { preload },
    ),
  );
  await two.waitForLoadState();
  return { app, one, two };
}

async function share(t: ExecutionContext, app: Application, one: Page, two: Page) {
  await one.evaluate("pscAdapter.set('k', { a: 1 })");
  await app.until('the other window has it', () => two.evaluate("pscAdapter.get('k')"));
  t.deepEqual(await two.evaluate("pscAdapter.get('k')"), { a: 1 });
}

for (const [page, heading] of SET_UPS) {
  test(`the set-up that ${page} begins with shares, and alova takes its adapter`, async (t) => {
    const snippet = snippetsOf(page, heading);
    const project = projectOf(t, {
      'main.js': snippet('// main.js'),
      'page.js': snippet('// page.js'),
      'entry.js': "import { alova } from './page.js'; window.alova = alova;",
    });
    const { app, one, two } = await twoWindows(t, project);
    await share(t, app, one, two);
    await one.addScriptTag({ path: await project.bundle('entry.js', { format: 'iife' }) });
    t.true(await one.evaluate('alova.options.l1Cache === pscAdapter'));
  });
}

test("the preload script of one's own in docs/electron.md shares, bundled", async (t) => {
  const project = projectOf(t, {
    'preload.js': snippetsOf('docs/electron.md', '## The three files')('// preload.js'),
  });
  const preload = await project.bundle('preload.js');
  const windows = await Windows.launch(t);
  await windows.synchronize();
  const [one, two] = [await windows.open({ preload }), await windows.open({ preload })];
  await share(t, windows.app, one, two);
});

test("the mirror in the page's own world of docs/electron.md shares", async (t) => {
  const snippet = snippetsOf('docs/electron.md', "### In the page's own world");
  const project = projectOf(t, { 'page.js': snippet('// page.js'), 'main.js': '' });
  // It awaits at the top, as modules may.
  const { outputFiles } = await build({
    stdin: {
      contents: `${snippet('// page.js')}\nwindow.pscAdapter = pscAdapter;\n`,
      resolveDir: project.folder,
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'chrome108',
  });
  const windows = await Windows.launch(t);
  // So that there is no other adapter under the name.
  await windows.synchronize({ expose: 'exposed' }, [null]);
  const open = async () => {
    const page = await windows.open();
    await page.addScriptTag({ type: 'module', content: outputFiles[0]?.text ?? '' });
    await page.waitForFunction('window.pscAdapter !== undefined');
    return page;
  };
  await share(t, windows.app, await open(), await open());
});

test('one cache with native processes, as docs/electron.md has it, is one', async (t) => {
  const id = uniqueId(t);
  const snippet = snippetsOf('docs/electron.md', '## One cache with native processes');
  const project = projectOf(t, {
    'main.js': `
const { app, BrowserWindow, ipcMain, session } = require('electron');
const { createElectronPSCSynchronizer, createPSCAdapter, NodeSyncAdapter } = require('psc-native');
app.whenReady().then(() => {
  ${snippet('createElectronPSCSynchronizer(').replace("'my-app'", `'${id}'`)}
  global.native = createPSCAdapter(NodeSyncAdapter(undefined, '${id}'));
  new BrowserWindow().loadFile('index.html');
});`,
  });
  const { app, one, two } = await twoWindows(t, project);
  await share(t, app, one, two);
  const read = () =>
    app.evaluate(() => (globalThis as unknown as { native: Map<string, unknown> }).native.get('k'));
  t.deepEqual(await read(), { a: 1 });
});

test('the option `allow` that docs/electron.md shows admits the pages of its protocol, and no others', async (t) => {
  const snippet = snippetsOf('docs/electron.md', '## Trust')('createElectronPSCSynchronizer(');
  for (const protocol of ['app:', 'file:']) {
    const project = projectOf(t, {
      'main.js': `
const { app, BrowserWindow, ipcMain, session } = require('electron');
const { createElectronPSCSynchronizer } = require('psc-native');
app.whenReady().then(() => {
  ${snippet.replace("'app:'", `'${protocol}'`)}
  new BrowserWindow().loadFile('index.html');
});`,
    });
    const { app, one, two } = await twoWindows(t, project);
    if (protocol === 'file:') await share(t, app, one, two);
    else await t.throwsAsync(one.evaluate("pscAdapter.set('k', 1)"), { message: /does not let/ });
  }
});

test('the transport of your own that the README shows shares', async (t) => {
  const snippet = snippetsOf('README.md', '## A transport of your own');
  const project = projectOf(t, { 'preload.js': snippet('// preload.js') });
  const preload = await project.bundle('preload.js');
  const preferences = JSON.stringify({ webPreferences: { preload } });
  writeFileSync(
    project.path('main.js'),
    `(() => {${snippet('// main.js')}})();\nglobal.preferences = ${preferences};${OPENING}`,
  );
  const { app, one, two } = await twoWindows(t, project, preload);
  await share(t, app, one, two);
});
