// One sandboxed window, and a utility process on demand.

const { join } = require('node:path');
const { app, BrowserWindow, ipcMain, utilityProcess } = require('electron');

ipcMain.handle('echo', (_event, value) => value);

global.askUtilityProcess = (id) =>
  new Promise((resolve, reject) => {
    const child = utilityProcess.fork(join(__dirname, 'utility.js'));
    child.once('message', (answer) => {
      resolve(answer);
      child.kill();
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}.`)));
    child.postMessage(id);
  });

app.whenReady().then(() => {
  const window = new BrowserWindow({
    webPreferences: { preload: process.env.PRELOAD ?? join(__dirname, 'preload.js') },
  });
  window.loadFile(join(__dirname, 'index.html'));
});
