import EventEmitter from 'node:events';
import type { IpcMain } from '../../ts/electron/channels';
import { CHANNELS } from '../../ts/electron/channels';
import { isTold, unpack, WIRE_VERSION } from '../../ts/electron/wire';
import type { SharedCacheEvent } from '../../ts/types';

/** What a window says, with the fields that matter to a test. */
export interface Said {
  type?: string;
  scope?: unknown;
  senderID?: unknown;
  write?: unknown;
  key?: unknown;
  text?: unknown;
  ttl?: unknown;
}

/**
 * Main's side of Electron's IPC as Electron 22 has it, so that every order of events can be played: messages with a
 * `senderFrame`, windows that navigate, crash and are destroyed. The real thing is tested in `__test__/electron/`.
 */
export class FakeElectron {
  readonly ipcMain = new EventEmitter() as unknown as IpcMain & EventEmitter;
  #processes = 0;

  window(url = 'app://page'): FakeWindow {
    this.#processes += 1;
    return new FakeWindow(this.ipcMain, this.#processes, url);
  }
}

/** One window, and what it was told. */
export class FakeWindow {
  readonly told: SharedCacheEvent[] = [];
  /** What its preload script has. Messages to it arrive later, as they do. */
  readonly ipcRenderer;
  readonly #toWindow = new EventEmitter();
  readonly webContents = new EventEmitter();
  readonly frame;
  readonly #ipcMain: EventEmitter;
  readonly #processId: number;

  constructor(ipcMain: EventEmitter, processId: number, url: string) {
    this.#ipcMain = ipcMain;
    this.#processId = processId;
    this.frame = this.#frame(url, null, 1);
    this.ipcRenderer = {
      on: (channel: string, listener: (...args: never[]) => void) =>
        this.#toWindow.on(channel, listener as () => void),
      emit: () => {},
      send: (channel: string, ...args: unknown[]) => {
        setImmediate(() =>
          ipcMain.emit(channel, this.#event(this.frame, 1), ...structuredClone(args)),
        );
      },
      sendSync: (channel: string, ...args: unknown[]) => {
        const event = this.#event(this.frame, 1);
        ipcMain.emit(channel, event, ...structuredClone(args));
        return structuredClone(event.returnValue);
      },
    };
  }

  /** A frame inside it. */
  embed(url: string, routingId: number) {
    return this.#frame(url, this.frame, routingId);
  }

  /** Sends an event. Without a frame, as one that is gone by the time the message arrives. */
  say(said: Said, frame: unknown = this.frame, frameId = 1): void {
    const { type = 'set', scope, senderID = 'm', write = 1, key = 'k', text = '1', ttl } = said;
    const args = [WIRE_VERSION, type, scope, senderID, write, key, text, ttl];
    this.#ipcMain.emit(CHANNELS.toMain, this.#event(frame, frameId), ...args);
  }

  /** Sends anything. */
  sendRaw(...args: unknown[]): void {
    this.#ipcMain.emit(CHANNELS.toMain, this.#event(this.frame, 1), ...args);
  }

  /** Asks, and waits. */
  ask(...args: unknown[]): unknown {
    const event = this.#event(this.frame, 1);
    this.#ipcMain.emit(CHANNELS.question, event, ...args);
    return event.returnValue;
  }

  navigate(): void {
    const frame = ['app://next', 200, 'OK', true, this.#processId, 1];
    this.webContents.emit('did-frame-navigate', {}, ...frame);
  }

  crash(): void {
    this.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  }

  destroy(): void {
    this.webContents.emit('destroyed');
  }

  #event(senderFrame: unknown, frameId: number) {
    const returnValue: unknown = undefined;
    return {
      sender: this.webContents,
      senderFrame,
      processId: this.#processId,
      frameId,
      returnValue,
    };
  }

  #frame(url: string, parent: unknown, routingId: number) {
    return {
      processId: this.#processId,
      routingId,
      url,
      parent,
      send: (channel: string, ...told: unknown[]) => {
        if (isTold(told)) this.told.push({ ...unpack(told) });
        setImmediate(() => this.#toWindow.emit(channel, {}, ...structuredClone(told)));
      },
    };
  }
}
