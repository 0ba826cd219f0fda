const { contextBridge, ipcRenderer } = require('electron');

let canLoadFs = true;
try {
  require('node:fs');
} catch {
  canLoadFs = false;
}

contextBridge.exposeInMainWorld('preload', {
  isSandboxed: process.sandboxed === true,
  isIsolated: process.contextIsolated === true,
  canLoadFs,
  electron: process.versions.electron,
  echo: (value) => ipcRenderer.invoke('echo', value),
});
