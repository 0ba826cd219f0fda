// Windows that race, on a cache in memory or, with an id, in a region.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { app, BrowserWindow, ipcMain, session } = require('electron');
const { createElectronPSCSynchronizer, createPSCAdapter, NodeSyncAdapter } = require(
  join(process.env.PSC_ROOT, 'dist/index.js'),
);

app.on('window-all-closed', () => {});
const windows = [];
let native;

/** Every other window holds its mirror in the page's own world. RENDERER is psc-native/renderer, as one script. */
async function prepare(at) {
  if (at % 2 === 0) return;
  const renderer = readFileSync(process.env.RENDERER, 'utf8');
  const connect =
    'window.adapter = renderer.createPSCAdapter(renderer.RendererSyncAdapter()); adapter.ready';
  await windows[at].webContents.executeJavaScript(`${renderer}\n${connect}`);
}

global.startRace = async (id, count) => {
  await app.whenReady();
  const given = id === null ? {} : { id };
  global.synchronizer = createElectronPSCSynchronizer(ipcMain, {
    ...given,
    session: session.defaultSession,
  });
  if (id !== null) native = createPSCAdapter(NodeSyncAdapter(undefined, id));
  for (let at = 0; at < count; at += 1) await global.openRacer();
};

global.openRacer = async () => {
  const window = new BrowserWindow({ show: false });
  windows.push(window);
  await window.loadFile(join(__dirname, 'page.html'));
  await prepare(windows.length - 1);
};

global.inRacer = (at, name, ...args) =>
  windows[at].webContents.executeJavaScript(`${name}(...${JSON.stringify(args)})`);

global.reloadRacer = async (at) => {
  const { webContents } = windows[at];
  webContents.reload();
  await new Promise((resolve) => webContents.once('did-finish-load', resolve));
  await prepare(at);
};

global.dumpStore = (keys) =>
  JSON.stringify(Array.from({ length: keys }, (_, at) => native.get(`key ${at}`) ?? null));
