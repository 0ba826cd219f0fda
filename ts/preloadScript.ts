// What `psc-native/preload` is to `require` and to Electron: the library of ts/preload.ts, and, where Electron runs it as
// a preload script, what the main process wants done there.

import { createPSCAdapter } from './adapter';
import { CHANNELS, type IpcRenderer } from './electron/channels';
import { serveRenderer } from './electron/door';
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

/** Exposes an adapter to the page under the name that the main process gives, if it gives one. */
function exposeAsTold(): void {
  const { type, contextIsolated } = process as unknown as Process;
  if (type !== 'renderer') return;
  const { ipcRenderer, contextBridge } = require('electron') as Electron;
  const name = ipcRenderer?.sendSync?.(CHANNELS.question, WIRE_VERSION, EXPOSE);
  if (typeof name !== 'string' || ipcRenderer === undefined) return;
  serveRenderer(ipcRenderer);
  const page = globalThis as unknown as Record<string, unknown>;
  const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
  if (contextIsolated === true) contextBridge?.exposeInMainWorld(name, adapter);
  else page[name] = adapter;
}

if (typeof process === 'object') exposeAsTold();
