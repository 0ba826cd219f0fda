import { createSyncAdapter } from '../adapter';
import { checkStorage } from '../checks';
import { attachStorage } from '../storage/attached';
import type { StorageAdapter, SyncAdapter } from '../types';
import { CHANNELS, type IpcRenderer } from './channels';

/**
 * The transport of a window: to be used in its preload script.
 *
 * @param ipcRenderer - Electron's.
 * @param storage - Where adapters on this transport keep their copy, if none is given to them.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 *
 * @example
 * ```ts
 * const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
 * contextBridge.exposeInMainWorld('pscAdapter', adapter);
 * ```
 */
export function ElectronSyncAdapter(
  ipcRenderer: IpcRenderer,
  storage?: StorageAdapter,
): SyncAdapter {
  const syncAdapter = createSyncAdapter({
    send(event) {
      // `emit` never leaves the process; only doubles have nothing better.
      if (typeof ipcRenderer.send === 'function') ipcRenderer.send(CHANNELS.toMain, event);
      else ipcRenderer.emit(CHANNELS.toMain, event);
    },
    receive(handler) {
      ipcRenderer.on(CHANNELS.toClient, (_, event) => void handler(event));
    },
  });
  if (storage !== undefined) {
    checkStorage(storage);
    attachStorage(syncAdapter, storage);
  }
  return syncAdapter;
}
