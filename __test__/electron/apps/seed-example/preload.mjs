// As the page on @alova/psc has it, with only the import changed.

import { contextBridge, ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native';

const pscAdapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));

contextBridge.exposeInMainWorld('pscAdapter', pscAdapter);
