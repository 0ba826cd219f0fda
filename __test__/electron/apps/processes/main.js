// One of each kind of process that Electron has, on one cache.

const { fork } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { app, BrowserWindow, ipcMain, session, utilityProcess } = require('electron');

const root = process.env.PSC_ROOT;
const { createElectronPSCSynchronizer, createPSCAdapter, NodeSyncAdapter } = require(
  join(root, 'dist/index.js'),
);

app.on('window-all-closed', () => {});

/** Answers by number what a child is asked. */
function asker(send, listen) {
  const waiting = new Map();
  let last = 0;
  const started = new Promise((resolve) => waiting.set(0, resolve));
  listen(({ number, result }) => {
    waiting.get(number)?.(result);
    waiting.delete(number);
  });
  const ask = (method, ...args) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      send({ number: last, method, args });
    });
  return { ask, started };
}

async function serve() {
  const server = createServer(({ url }, response) => {
    const isModule = url === '/renderer.mjs';
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html');
    const script =
      "import { createPSCAdapter, RendererSyncAdapter } from '/renderer.mjs';" +
      'const adapter = createPSCAdapter(RendererSyncAdapter());' +
      'window.connected = adapter.ready.then(() => { window.adapter = adapter; });';
    response.end(
      isModule
        ? readFileSync(join(root, 'dist/bundles/renderer.mjs'))
        : `<!doctype html><script type="module">${script}</script>`,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}

function windowOf(webPreferences, name) {
  const window = new BrowserWindow({
    show: false,
    // It looks at its mirror all the time.
    webPreferences: { backgroundThrottling: false, ...webPreferences },
  });
  const ask = (method, ...args) =>
    window.webContents.executeJavaScript(`${name}.${method}(...${JSON.stringify(args)})`);
  return { window, ask };
}

/** Has a page look at keys all the time, and note each change with its time. */
const watching = (keys, name) => `{
  const last = new Map();
  window.noticed = [];
  setInterval(() => {
    for (const key of ${JSON.stringify(keys)}) {
      const round = ${name}.get(key)?.round ?? 0;
      if (round === (last.get(key) ?? 0)) continue;
      last.set(key, round);
      window.noticed.push({ key, round, at: Date.now() });
    }
  }, 4);
}`;

/** Starts all of them. `runtime` is what runs the forked child. */
global.start = async (id, runtime) => {
  await app.whenReady();
  createElectronPSCSynchronizer(ipcMain, { id, session: session.defaultSession });
  const main = createPSCAdapter(NodeSyncAdapter(undefined, id));

  const sandboxed = windowOf({ sandbox: true }, 'pscAdapter');
  await sandboxed.window.loadURL('data:text/html,<title>sandboxed</title>');

  const integrated = windowOf(
    { nodeIntegration: true, contextIsolation: false, sandbox: false },
    'adapter',
  );
  await integrated.window.loadFile(join(__dirname, 'native-page.html'), { query: { id } });

  const page = windowOf({ sandbox: true }, 'adapter');
  await page.window.loadURL(await serve());
  await page.window.webContents.executeJavaScript('window.connected');

  const utility = utilityProcess.fork(join(__dirname, 'child.js'), [id]);
  const utilityAsker = asker(
    (message) => utility.postMessage(message),
    (take) => utility.on('message', take),
  );

  const child = fork(join(__dirname, 'child.js'), [id], {
    execPath: runtime,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const childAsker = asker(
    (message) => child.send(message),
    (take) => child.on('message', take),
  );
  app.once('will-quit', () => child.kill());

  const kinds = [await utilityAsker.started, await childAsker.started];
  const asks = {
    main: (method, ...args) => main[method](...args),
    'sandboxed window': sandboxed.ask,
    'window with nodeIntegration': integrated.ask,
    'page with psc-native/renderer': page.ask,
    'utility process': utilityAsker.ask,
    'forked child': childAsker.ask,
  };
  global.ask = async (name, method, ...args) => {
    const result = await asks[name](method, ...args);
    // `undefined` does not cross everywhere.
    return result === undefined ? null : result;
  };
  // Returns when the promise of the set had resolved.
  global.set = async (name, key, round) => {
    await asks[name]('set', key, { round });
    return Date.now();
  };
  const mirrors = {
    'sandboxed window': [sandboxed, 'pscAdapter'],
    'page with psc-native/renderer': [page, 'adapter'],
  };
  global.watch = async (keys) => {
    for (const [{ window }, adapter] of Object.values(mirrors)) {
      await window.webContents.executeJavaScript(watching(keys, adapter));
    }
  };
  global.noticed = (name) => mirrors[name][0].window.webContents.executeJavaScript('noticed');
  return { names: Object.keys(asks), kinds };
};
