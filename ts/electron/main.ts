import { createPSCSynchronizer } from '../synchronizer';
import type { PSCSynchronizer, PSCSynchronizerOptions } from '../types';
import { CHANNELS, type IpcMain } from './channels';
import { Windows } from './windows';

const synchronizers = new WeakMap<IpcMain, PSCSynchronizer>();

/**
 * Creates the synchronizer of all windows, in the main process. For one `ipcMain` there is only one: further calls
 * return it as it is.
 *
 * A window is told of the scopes it has asked for, until it is destroyed. Its writes count as those of its own
 * mirrors only: a `senderID` belongs to the window that used it first (M7).
 *
 * @param ipcMain - Electron's.
 * @param options - See {@link PSCSynchronizerOptions}; they count in the first call.
 *
 * Throws as `createPSCSynchronizer`.
 */
export function createElectronPSCSynchronizer(
  ipcMain: IpcMain,
  options?: PSCSynchronizerOptions,
): PSCSynchronizer {
  const existing = synchronizers.get(ipcMain);
  if (existing !== undefined) return existing;
  const windows = new Windows(ipcMain);
  const synchronizer = createPSCSynchronizer(
    {
      send: (event) => windows.broadcast(event),
      receive(handler) {
        ipcMain.on(CHANNELS.toMain, ({ sender }, event) => {
          if (windows.admit(sender, event)) void handler(event, windows.replyTo(sender));
        });
      },
    },
    options,
  );
  synchronizers.set(ipcMain, synchronizer);
  return synchronizer;
}
