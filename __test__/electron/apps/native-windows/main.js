const { join } = require('node:path');
const { BrowserWindow, ipcMain } = require('electron');
const { next, psc, runScenario } = require('../scenarios');

/** Serves one window, and starts the synchronizer when that waits for it. */
async function served(id, open) {
  const { createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter } = psc();
  let stop;
  ipcMain.handle('to-main', async () => {
    stop = await createNodePSCSynchronizer(id);
    await createPSCAdapter(NodeSyncAdapter(undefined, id)).set('of main', 'shared');
  });
  const result = await open();
  await stop?.();
  return result;
}

runScenario({
  'page with Node': ({ id }) =>
    served(id, async () => {
      const webPreferences = { nodeIntegration: true, contextIsolation: false, sandbox: false };
      const window = new BrowserWindow({ show: false, webPreferences });
      await window.loadURL('about:blank');
      const path = JSON.stringify(join(__dirname, 'behaviour.js'));
      return window.webContents.executeJavaScript(
        `globalThis.toMain = (what) => require('electron').ipcRenderer.invoke('to-main', what);` +
          `require(${path}).behave(${JSON.stringify(id)})`,
      );
    }),
  'preload script without a sandbox': ({ id }) =>
    served(id, async () => {
      const preload = join(__dirname, 'preload.js');
      const window = new BrowserWindow({
        show: false,
        webPreferences: { sandbox: false, preload },
      });
      await window.loadURL('about:blank');
      const behaved = next(ipcMain, 'behaved', 60_000);
      window.webContents.send('behave', id);
      const [, result] = await behaved;
      if (result.error) throw new Error(result.error);
      return result;
    }),
});
