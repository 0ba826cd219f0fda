import { createSyncAdapter } from '../adapter';
import { checkStorage, invalidOption } from '../checks';
import { attachStorage } from '../storage/attached';
import type { SharedCacheEvent, StorageAdapter, SyncAdapter } from '../types';
import { CHANNELS, type IpcRenderer } from './channels';
import { Handlers } from './handlers';
import { nobody } from './nobody';
import { isTold, pack } from './wire';

/**
 * The transport of a window: to be used in its preload script.
 *
 * An adapter on it has its state when `createPSCAdapter` returns: it asks the main process once and waits, for at most
 * as much as `createElectronPSCSynchronizer` tells at once (`limits.firstBytes`); the rest follows. So create the
 * synchronizer before the first window.
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
  if (typeof ipcRenderer?.on !== 'function') {
    throw invalidOption(
      'ipcRenderer',
      ipcRenderer,
      "Give Electron's `ipcRenderer`, which a preload script has.",
    );
  }
  const isDouble = typeof ipcRenderer.send !== 'function';
  const syncAdapter = createSyncAdapter(isDouble ? double(ipcRenderer) : window(ipcRenderer));
  if (storage !== undefined) {
    checkStorage(storage);
    attachStorage(syncAdapter, storage);
  }
  return syncAdapter;
}

/** A window of a real Electron. */
function window(ipcRenderer: IpcRenderer): SyncAdapter {
  const handlers = new Handlers();
  const scopes = new Set<string | undefined>();
  // Nobody answered, and nobody has told anything since.
  let isAlone = false;
  const take = (told: readonly unknown[]) => {
    if (!isTold(told)) return;
    isAlone = false;
    // What concerns other transports of this window is not even decoded.
    if (!scopes.has(told[1])) return;
    handlers.take(told);
  };
  return {
    send(event) {
      const request = pack(event);
      scopes.add(request[2]);
      // The first thing that a mirror does is to ask, with its number 1: later questions do not stop the page.
      if (event.type === 'init' && event.write === 1 && ipcRenderer.sendSync !== undefined) {
        const answers = ipcRenderer.sendSync(CHANNELS.question, ...request);
        if (Array.isArray(answers)) {
          answers.forEach(take);
          return;
        }
        isAlone = true;
      }
      // A mirror keeps what was refused and sends it later; what nobody heard would be lost.
      if (isAlone && event.type !== 'init') throw nobody();
      ipcRenderer.send?.(CHANNELS.toMain, ...request);
    },
    receive(handler) {
      if (!handlers.add(handler)) return;
      ipcRenderer.on(CHANNELS.toClient, (_: unknown, ...told: unknown[]) => take(told));
    },
  };
}

/** Objects that have only `on` and `emit`, as the tests of `@alova/psc` make them. `emit` never leaves the process. */
function double(ipcRenderer: IpcRenderer): SyncAdapter {
  return {
    send: (event) => void ipcRenderer.emit(CHANNELS.toMain, event),
    receive(handler) {
      ipcRenderer.on(CHANNELS.toClient, (_, event) => void handler(event as SharedCacheEvent));
    },
  };
}
