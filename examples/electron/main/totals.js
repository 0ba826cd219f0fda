// What the headers of all windows show: told to each when it asks, and to all when it changes.

const { app, BrowserWindow, ipcMain } = require('electron');

/** Keeps every window informed of what the origin was asked, and how many windows there are. */
function watchTotals(origin) {
  const totals = () => ({
    requests: [...origin.requests.values()].reduce((sum, count) => sum + count, 0),
    windows: BrowserWindow.getAllWindows().length,
  });
  const tellAll = () => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send('totals', totals());
  };
  ipcMain.handle('totals', totals);
  origin.on('request', tellAll);
  app.on('browser-window-created', (_event, window) => {
    tellAll();
    window.on('closed', tellAll);
  });
}

module.exports = { watchTotals };
