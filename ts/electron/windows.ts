import { isEvent } from '../mirror/wire';
import type { SharedCacheEvent } from '../types';
import { CHANNELS, type IpcMain, type IpcSender } from './channels';

/** Most mirrors of one window: a page cannot fill the main process with ids. */
const MAX_MIRRORS = 10_000;

/** What is known of a window. */
interface Window {
  readonly scopes: Set<string | undefined>;
  readonly mirrors: Set<string>;
}

/** The windows that take part: whom to tell what, and whose ids are whose. */
export class Windows {
  readonly #ipcMain: IpcMain;
  readonly #windows = new Map<IpcSender, Window>();
  readonly #ownerOf = new Map<string, IpcSender>();
  /** Whether a sender that cannot `send` was seen: a double, for which `emit` is the way. */
  #hasDoubles = false;
  #lastBroadcast: SharedCacheEvent | undefined;

  constructor(ipcMain: IpcMain) {
    this.#ipcMain = ipcMain;
  }

  /** Whether the window may send this event. Subscribes it to the event's scope. */
  admit(sender: IpcSender, event: unknown): boolean {
    if (!isEvent(event)) return false;
    const window = this.#window(sender);
    const { senderID } = event;
    const owner = this.#ownerOf.get(senderID);
    // A forged id would settle, or block, somebody else's writes.
    if (owner !== undefined && owner !== sender) return false;
    if (owner === undefined) {
      if (window.mirrors.size >= MAX_MIRRORS) return false;
      window.mirrors.add(senderID);
      this.#ownerOf.set(senderID, sender);
    }
    window.scopes.add(event.scope ?? undefined);
    return true;
  }

  /** Tells all windows that have to do with the event's scope. */
  broadcast(event: SharedCacheEvent): void {
    this.#lastBroadcast = event;
    for (const [sender, { scopes }] of this.#windows) {
      if (scopes.has(event.scope ?? undefined)) deliver(sender, event);
    }
    if (this.#hasDoubles) this.#ipcMain.emit(CHANNELS.toClient, event);
  }

  /** Tells one window alone, unless it was just told so with the others. */
  replyTo(sender: IpcSender): (event: SharedCacheEvent) => void {
    return (event) => {
      if (event === this.#lastBroadcast) return;
      if (typeof sender.send === 'function') deliver(sender, event);
      else sender.emit(CHANNELS.toClient, event);
    };
  }

  #window(sender: IpcSender): Window {
    const known = this.#windows.get(sender);
    if (known !== undefined) return known;
    const window: Window = { scopes: new Set(), mirrors: new Set() };
    this.#windows.set(sender, window);
    if (typeof sender.send !== 'function') this.#hasDoubles = true;
    sender.once?.('destroyed', () => this.#forget(sender, window));
    return window;
  }

  #forget(sender: IpcSender, { mirrors }: Window): void {
    this.#windows.delete(sender);
    for (const id of mirrors) this.#ownerOf.delete(id);
  }
}

function deliver(sender: IpcSender, event: SharedCacheEvent): void {
  // A window may go while the event is on its way to it.
  if (sender.isDestroyed?.() !== true) sender.send?.(CHANNELS.toClient, event);
}
