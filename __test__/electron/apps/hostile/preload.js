// What a page could do that took over its preload script: it has Electron's IPC itself.
const { ipcRenderer } = require('electron');

window.ipc = ipcRenderer;
window.told = [];
ipcRenderer.on('alova-ipc-to-client', (_, ...told) => window.told.push(told));
