/** The channels of Electron's IPC that are used. Named here and nowhere else; the first two names are `@alova/psc`'s. */
export const CHANNELS = {
  /** From a window to the main process. */
  toMain: 'alova-ipc-to-main',
  /** From the main process to a window. */
  toClient: 'alova-ipc-to-client',
  /** A window's first question, which it waits for. */
  question: 'alova-ipc-question',
  /** From a page to its preload script, with a port. */
  port: 'alova-ipc-port',
} as const;

/** What of Electron's `ipcRenderer` is used. */
export interface IpcRenderer {
  on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown;
  emit(channel: string, ...payload: unknown[]): unknown;
  /** Missing in test doubles written for `@alova/psc` only. */
  send?(channel: string, ...args: unknown[]): unknown;
  /** As `send`. */
  sendSync?(channel: string, ...args: unknown[]): unknown;
}

/** What of a frame, a `WebFrameMain`, is used. */
export interface Frame {
  readonly processId: number;
  readonly routingId: number;
  readonly url: string;
  readonly parent: Frame | null;
  send(channel: string, ...args: unknown[]): unknown;
}

/** What of the sender of a message, a `WebContents`, is used. */
export interface IpcSender {
  emit(channel: string, ...payload: unknown[]): unknown;
  on?(event: string, listener: (...args: never[]) => void): unknown;
  removeListener?(event: string, listener: (...args: never[]) => void): unknown;
  /** Of a `<webview>`, who embeds it. */
  readonly hostWebContents?: unknown;
}

/** What of a message that reaches the main process is used. */
export interface IpcMainEvent {
  readonly sender: IpcSender;
  /** Missing in test doubles; null for a frame that is gone. */
  readonly senderFrame?: Frame | null | undefined;
  readonly processId?: number | undefined;
  readonly frameId?: number | undefined;
  /** The answer to a message that is waited for. */
  returnValue?: unknown;
}

/** What of Electron's `ipcMain` is used. */
export interface IpcMain {
  on(channel: string, listener: (event: IpcMainEvent, ...args: unknown[]) => void): unknown;
  emit(channel: string, ...payload: unknown[]): unknown;
  removeListener?(
    channel: string,
    listener: (event: IpcMainEvent, ...args: unknown[]) => void,
  ): unknown;
}

/** What of Electron's `session` is used. */
export interface ElectronSession {
  /** From Electron 35 on. */
  registerPreloadScript?(script: { readonly type: 'frame'; readonly filePath: string }): string;
  /** As above. */
  unregisterPreloadScript?(id: string): void;
  /** Before Electron 35. */
  getPreloads?(): string[];
  /** As above. */
  setPreloads?(preloads: string[]): void;
}
