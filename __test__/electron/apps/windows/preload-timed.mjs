// Says how long it had to wait for its adapter.

import { contextBridge, ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native/preload';

const start = performance.now();
const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
const createdInMs = performance.now() - start;

contextBridge.exposeInMainWorld('pscAdapter', adapter);
contextBridge.exposeInMainWorld('timed', { createdInMs });
