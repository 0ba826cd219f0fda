// Gives one storage to the transport and another to the adapter.

import { contextBridge, ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native';
import { createStorage } from './storage.mjs';

const [transport, adapter] = [createStorage(), createStorage()];
const syncAdapter = ElectronSyncAdapter(ipcRenderer, transport);

contextBridge.exposeInMainWorld('pscAdapter', createPSCAdapter(syncAdapter, adapter));
contextBridge.exposeInMainWorld('stored', () => ({
  transport: Object.fromEntries(transport.entries),
  adapter: Object.fromEntries(adapter.entries),
}));
