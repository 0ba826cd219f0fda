// What the page may ask of the app itself. The cache is none of its business.

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('demo', {
  openWindow: () => ipcRenderer.send('open-window'),
  totals: () => ipcRenderer.invoke('totals'),
  onTotals(listener) {
    ipcRenderer.on('totals', (_event, totals) => listener(totals));
  },
});
