import type { SharedCacheEvent } from '../types';

/** The channels of Electron's IPC that are used. Named here and nowhere else; the names are those of `@alova/psc`. */
export const CHANNELS = {
  /** From a window to the main process. */
  toMain: 'alova-ipc-to-main',
  /** From the main process to a window. */
  toClient: 'alova-ipc-to-client',
} as const;

/** What of Electron's `ipcRenderer` is used. */
export interface IpcRenderer {
  on(channel: string, listener: (event: unknown, payload: SharedCacheEvent) => void): unknown;
  emit(channel: string, ...payload: unknown[]): unknown;
  /** Missing in test doubles written for `@alova/psc` only. */
  send?(channel: string, payload: SharedCacheEvent): unknown;
}

/** What of the sender of a message, a `WebContents`, is used. */
export interface IpcSender {
  emit(channel: string, ...payload: unknown[]): unknown;
  /** Missing in test doubles written for `@alova/psc` only. */
  send?(channel: string, payload: SharedCacheEvent): unknown;
  once?(event: 'destroyed', listener: () => void): unknown;
  isDestroyed?(): boolean;
}

/** What of a message that reaches the main process is used. */
export interface IpcMainEvent {
  readonly sender: IpcSender;
}

/** What of Electron's `ipcMain` is used. */
export interface IpcMain {
  on(channel: string, listener: (event: IpcMainEvent, payload: SharedCacheEvent) => void): unknown;
  emit(channel: string, ...payload: unknown[]): unknown;
}
