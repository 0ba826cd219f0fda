// As the page on @alova/psc has it, with only the import changed.

import { app, BrowserWindow, ipcMain } from 'electron';
import { createElectronPSCSynchronizer } from 'psc-native';

// Initialize the synchronizer
createElectronPSCSynchronizer(ipcMain);

// ...other codes
app.on('window-all-closed', () => {});
globalThis.openWindow = async (webPreferences) => {
  const window = new BrowserWindow({ show: false, webPreferences });
  await window.loadFile(process.env.PAGE);
};
