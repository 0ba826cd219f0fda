// The main process: the cache, and the transport to the windows.

const { join } = require('node:path');
const { app, BrowserWindow, ipcMain, webContents } = require('electron');
const { createPSCSynchronizer, createSyncAdapter } = require('psc-native');

createPSCSynchronizer(
  createSyncAdapter({
    // To all windows: `ipcMain.emit` would never leave this process.
    send(event) {
      for (const each of webContents.getAllWebContents()) each.send('cache-to-window', event);
    },
    receive(handler) {
      ipcMain.on('cache-to-main', ({ sender }, event) => {
        // To the window that asked, alone.
        const replyFn = (reply) => sender.send('cache-to-window', reply);
        handler(event, replyFn);
      });
    },
  }),
);

function openWindow(x) {
  const window = new BrowserWindow({
    width: 420,
    height: 240,
    x,
    y: 120,
    webPreferences: {
      preload: join(__dirname, 'preload.js'),
      // A sandboxed preload script can `require` no package: bundle it, and leave this out.
      sandbox: false,
    },
  });
  window.loadFile(join(__dirname, 'index.html'));
}

app.whenReady().then(() => {
  openWindow(120);
  openWindow(560);
});

app.on('window-all-closed', () => app.quit());
