// Keeps the window's copy in a storage of the user's own, given to the transport.

import { contextBridge, ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native';
import { createStorage } from './storage.mjs';

const storage = createStorage();

contextBridge.exposeInMainWorld(
  'pscAdapter',
  createPSCAdapter(ElectronSyncAdapter(ipcRenderer, storage)),
);
contextBridge.exposeInMainWorld('stored', () => Object.fromEntries(storage.entries));
