// Two windows without a preload script of their own, and a utility process, on one cache.

const { join } = require('node:path');
const { app, BrowserWindow, ipcMain, session, utilityProcess } = require('electron');
const { createElectronPSCSynchronizer, createPSCAdapter, NodeSyncAdapter } = require('psc-native');

const id = process.env.PSC_ID;

/** What the main process has under a key. */
global.read = (key) => createPSCAdapter(NodeSyncAdapter(undefined, id)).get(key);

/** Has a utility process set a key. */
global.setInUtilityProcess = (key, value) =>
  new Promise((resolve, reject) => {
    const child = utilityProcess.fork(join(__dirname, 'utility.js'));
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`It ended with ${code}.`)));
    child.postMessage({ id, key, value });
  });

app.whenReady().then(() => {
  createElectronPSCSynchronizer(ipcMain, { id, session: session.defaultSession });
  for (const name of ['first', 'second']) {
    new BrowserWindow().loadFile('index.html', { hash: name });
  }
});
