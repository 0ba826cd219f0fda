// What a page could do that took over its preload script: it has Electron's IPC itself.
const { ipcRenderer } = require('electron');

const textOf = (part) => (typeof part === 'string' ? part : String(JSON.stringify(part)));

window.ipc = ipcRenderer;
window.toldOfSecret = false;
// Nothing else of it is kept: a page that fills its own memory harms itself alone.
ipcRenderer.on('alova-ipc-to-client', (_, ...told) => {
  window.toldOfSecret ||= told.some((part) => textOf(part).includes('a secret'));
});
