// The preload script of every window: the other end of the transport, and the adapter for the page.

const { contextBridge, ipcRenderer } = require('electron');
const { createPSCAdapter, createSyncAdapter } = require('psc-native');

const syncAdapter = createSyncAdapter({
  // To the main process: `ipcRenderer.emit` would never leave this one.
  send: (event) => ipcRenderer.send('cache-to-main', event),
  receive: (handler) => ipcRenderer.on('cache-to-window', (_, event) => handler(event)),
});

contextBridge.exposeInMainWorld('pscAdapter', createPSCAdapter(syncAdapter));
