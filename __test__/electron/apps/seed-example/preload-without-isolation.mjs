// As preload.js, for a window with `contextIsolation: false`, where there is no bridge.

import { ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native';

window.pscAdapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
