// The windows: sandboxed and isolated, as Electron has them by default, each with a letter as its name.

const { join } = require('node:path');
const { BrowserWindow, ipcMain, screen } = require('electron');

const PAGE = join(__dirname, '..', 'built', 'index.html');
const PRELOAD = join(__dirname, '..', 'preload.js');
const NAMES = ['A', 'B', 'C', 'D', 'E', 'F'];
const SIZE = { width: 600, height: 760 };
const GAP = 24;

const taken = new Map();

/** Beside the one before, and a little lower where there is no room. */
function placeOf(index) {
  const { x, y, width } = screen.getPrimaryDisplay().workArea;
  const columns = Math.max(1, Math.floor(width / (SIZE.width + GAP)));
  const row = Math.floor(index / columns);
  return {
    x: x + GAP + (index % columns) * (SIZE.width + GAP) + row * GAP,
    y: y + GAP + row * 2 * GAP,
  };
}

/** Opens a window under the first name that is free, if there is one. */
function openWindow(origin) {
  const name = NAMES.find((each) => !taken.has(each));
  if (name === undefined) return;
  const window = new BrowserWindow({
    ...SIZE,
    ...placeOf(NAMES.indexOf(name)),
    useContentSize: true,
    autoHideMenuBar: true,
    backgroundColor: '#0f1320',
    // The app's own preload script. The one that brings the cache runs beside it.
    webPreferences: { preload: PRELOAD, sandbox: true, contextIsolation: true },
  });
  taken.set(name, window);
  window.on('closed', () => taken.delete(name));
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event, url) => {
    if (url !== window.webContents.getURL()) event.preventDefault();
  });
  window.loadFile(PAGE, { query: { name, origin: origin.url } });
}

/** Lets pages open further windows. */
function serveWindows(origin) {
  ipcMain.on('open-window', () => openWindow(origin));
}

module.exports = { openWindow, serveWindows };
