// What `psc-native/preload` is to `require` and to Electron: the library of ts/preload.ts, and, where Electron runs it as
// a preload script, what the main process wants done there.

import { createPSCAdapter } from './adapter';
import { CHANNELS, type IpcRenderer } from './electron/channels';
import { Door } from './electron/door';
import { ElectronSyncAdapter } from './electron/preload';
import { EXPOSE, WIRE_VERSION } from './electron/wire';

export * from './preload';

/** What of Electron's modules a preload script uses. */
interface Electron {
  readonly ipcRenderer?: IpcRenderer;
  readonly contextBridge?: { exposeInMainWorld(name: string, api: unknown): void };
}

/** What of the global object of a preload script is used. */
interface Process {
  readonly type?: string;
  readonly contextIsolated?: boolean;
}

/** So often, in ms, a window asks that was there before anybody could answer. */
const ASK_EVERY_MS = 2000;

/** Exposes an adapter to the page under the name that the main process gives, if it gives one. */
function exposeAsTold(): void {
  const { type } = process as unknown as Process;
  if (type !== 'renderer') return;
  const electron = require('electron') as Electron;
  const { ipcRenderer } = electron;
  if (ipcRenderer?.sendSync === undefined) return;
  const door = Door.of(ipcRenderer);
  const take = (name: unknown) => {
    if (typeof name !== 'string') {
      door.close();
      return;
    }
    door.open();
    expose(electron, ipcRenderer, name);
  };
  const name = ipcRenderer.sendSync(CHANNELS.question, WIRE_VERSION, EXPOSE);
  // Nobody was there who knows: then what a page finds, it finds later.
  if (name === null) askUntilTold(ipcRenderer, take);
  else take(name);
}

function expose({ contextBridge }: Electron, ipcRenderer: IpcRenderer, name: string): void {
  const { contextIsolated } = process as unknown as Process;
  const page = globalThis as unknown as Record<string, unknown>;
  const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
  if (contextIsolated === true) contextBridge?.exposeInMainWorld(name, adapter);
  else page[name] = adapter;
}

function askUntilTold(ipcRenderer: IpcRenderer, take: (name: unknown) => void): void {
  let isTold = false;
  ipcRenderer.on(CHANNELS.toClient, (_, what, name) => {
    if (isTold || what !== EXPOSE) return;
    isTold = true;
    take(name);
  });
  const ask = () => {
    if (isTold) return;
    // Not as a question that is waited for: nobody may be there still.
    ipcRenderer.send?.(CHANNELS.toMain, WIRE_VERSION, EXPOSE);
    setTimeout(ask, ASK_EVERY_MS);
  };
  setTimeout(ask, ASK_EVERY_MS);
}

if (typeof process === 'object') exposeAsTold();
