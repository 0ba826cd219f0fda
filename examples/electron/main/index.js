// The main process: an origin, the cache that all windows share, and the windows.

const { app, ipcMain, session } = require('electron');
const { createElectronPSCSynchronizer } = require('psc-native');
const { startOrigin } = require('./origin.js');
const { watchTotals } = require('./totals.js');
const { openWindow, serveWindows } = require('./windows.js');

app.setName('psc-native demo');

app.whenReady().then(async () => {
  // Before the first window. This is all that sharing takes: every page finds `window.pscAdapter`.
  createElectronPSCSynchronizer(ipcMain, { session: session.defaultSession, expose: 'pscAdapter' });

  const origin = await startOrigin();
  watchTotals(origin);
  serveWindows(origin);
  openWindow(origin);
  openWindow(origin);
});

app.on('window-all-closed', () => app.quit());
