const { ipcRenderer } = require('electron');
const { behave } = require('./behaviour.js');

globalThis.toMain = (what) => ipcRenderer.invoke('to-main', what);
ipcRenderer.once('behave', async (_, id) => {
  const result = await behave(id).catch((error) => ({ error: String(error.stack) }));
  ipcRenderer.send('behaved', result);
});
