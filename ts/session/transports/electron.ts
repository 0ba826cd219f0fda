import { PSCError } from '../../errors';
import type { Transport } from '../implement';
import { type Emitter, listenAll, relay } from './relay';

/** The channel of Electron's IPC that sessions use unless told otherwise. */
const IPC_CHANNEL = 'psc-session';

/** What of Electron's `ipcRenderer` is used. */
export interface RendererIpc extends Emitter {
  send(channel: string, message: unknown): void;
}

/** What of Electron's `ipcMain` is used. */
export type MainIpc = Emitter;

/** What of Electron's `WebContents` is used. */
export interface Contents extends Emitter {
  readonly id: number;
  send(channel: string, message: unknown): void;
  isDestroyed(): boolean;
  getURL(): string;
  isLoadingMainFrame(): boolean;
  isCrashed?(): boolean;
  /** Where the document is that the window shows. */
  readonly mainFrame?: { readonly processId: number; readonly routingId: number };
}

/** What of a message that reaches the main process is used. */
interface MainEvent {
  readonly sender: { readonly id: number };
  /** Null if the page that sent it is gone. */
  readonly senderFrame?: { readonly parent: unknown } | null;
  /** Where the document is that sent it. */
  readonly processId?: number;
  readonly frameId?: number;
}

/**
 * A transport from a window to the main process: for its preload script, sandboxed or not. Messages are cloned;
 * Electron's IPC moves nothing but ports.
 *
 * @param ipcRenderer - Electron's.
 * @param channel - The channel of the IPC; the same at both ends.
 */
export function ipcRendererTransport(ipcRenderer: RendererIpc, channel = IPC_CHANNEL): Transport {
  return relay({
    transfers: true,
    send: (message) => ipcRenderer.send(channel, message),
    open: (tell) =>
      listenAll(ipcRenderer, {
        [channel]: (_event: never, message: never) => tell('message', message),
      }),
  });
}

/**
 * A transport from the main process to one window. Only messages of that window's main frame are heard. When the window
 * is closed, crashes or goes to another page, the other end has gone: make a new channel for the new page, once its
 * `did-navigate` has come.
 *
 * @param ipcMain - Electron's.
 * @param contents - The window's `webContents`.
 * @param channel - The channel of the IPC; the same at both ends.
 */
export function ipcMainTransport(
  ipcMain: MainIpc,
  contents: Contents,
  channel = IPC_CHANNEL,
): Transport {
  return relay({
    transfers: true,
    send(message) {
      if (contents.isDestroyed()) throw gone();
      contents.send(channel, message);
    },
    open(tell) {
      // Whether there is a page to talk to: the next one takes its place.
      let hasPage =
        contents.getURL() !== '' &&
        !contents.isLoadingMainFrame() &&
        contents.isCrashed?.() !== true;
      const stopHearing = listenAll(ipcMain, {
        [channel]: (event: MainEvent, message: unknown) => {
          if (event.sender.id !== contents.id || !isMainFrame(event)) return;
          if (!isOfShown(event, contents)) return;
          // A window has an empty document before its first page, which may run the preload script, too.
          if (contents.getURL() === '') return;
          hasPage = true;
          tell('message', message);
        },
      } as Record<string, (...args: never[]) => void>);
      const stopWatching = listenAll(contents, {
        destroyed: () => tell('close'),
        'render-process-gone': (_event: never, details: { exitCode?: number }) =>
          tell('exit', details.exitCode),
        'did-finish-load': () => {
          hasPage = true;
        },
        // Of the main frame, once the next page is there: one that is only asked for may never come. It is told before
        // anything that the next page says (seen in Electron 22).
        'did-navigate': () => {
          if (hasPage) tell('close');
        },
      });
      return () => {
        stopHearing();
        if (!contents.isDestroyed()) stopWatching();
      };
    },
  });
}

function isMainFrame({ senderFrame }: MainEvent): boolean {
  if (senderFrame === undefined) return true;
  try {
    return senderFrame?.parent === null;
  } catch {
    // It was disposed of in the meantime.
    return false;
  }
}

/**
 * Whether a message comes from the document that the window shows. One of another renderer lives on for a while after the
 * next one is there, and may speak as it is unloaded: its farewell is not that of the next one.
 */
function isOfShown({ processId, frameId }: MainEvent, contents: Contents): boolean {
  if (processId === undefined) return true;
  try {
    const { mainFrame } = contents;
    if (mainFrame === undefined) return true;
    return mainFrame.processId === processId && mainFrame.routingId === frameId;
  } catch {
    // The window has gone in the meantime.
    return false;
  }
}

/** What of Electron's `MessagePortMain` is used. */
export interface PortMain extends Emitter {
  postMessage(message: unknown, transfer?: never): void;
  start(): void;
}

/** A transport over a `MessagePortMain`, in the main process or a utility process. Only ports can be moved. */
export function messagePortMainTransport(port: PortMain): Transport {
  let isClosed = false;
  return relay({
    transfers: true,
    send(message, transferList) {
      if (isClosed) throw gone();
      port.postMessage(message, transferList as never);
    },
    open(tell) {
      const stop = listenAll(port, {
        message: ({ data }: { data: unknown }) => tell('message', data),
        close: () => {
          isClosed = true;
          tell('close');
        },
      });
      port.start();
      return stop;
    },
  });
}

/** What of Electron's `UtilityProcess` is used. */
export interface UtilityChild extends Emitter {
  readonly pid: number | undefined;
  postMessage(message: unknown, transfer?: never): void;
}

/** A transport from the main process to a utility process. Only ports can be moved. */
export function utilityProcessTransport(child: UtilityChild): Transport {
  let hasEnded = false;
  return relay({
    transfers: true,
    send(message, transferList) {
      if (hasEnded) throw gone();
      child.postMessage(message, transferList as never);
    },
    open: (tell) =>
      listenAll(child, {
        message: (message) => tell('message', message),
        exit: (code) => {
          hasEnded = true;
          tell('exit', code);
        },
      }),
  });
}

/** What of `process.parentPort` in a utility process is used. */
export interface UtilityParentPort extends Emitter {
  postMessage(message: unknown): void;
}

/** A transport from a utility process to the main process: `parentPortTransport(process.parentPort)`. */
export function parentPortTransport(parentPort: UtilityParentPort): Transport {
  return relay({
    transfers: true,
    send: (message) => parentPort.postMessage(message),
    open: (tell) =>
      listenAll(parentPort, {
        message: ({ data }: { data: unknown }) => tell('message', data),
      }),
  });
}

function gone(): PSCError {
  const message = 'The other end of the transport is gone. Make a new one.';
  return new PSCError('ERR_PSC_PEER_DISCONNECTED', message);
}
