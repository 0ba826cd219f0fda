import type { IpcRenderer } from './channels';
import { CHANNELS } from './channels';
import { isTold } from './wire';

/** Most ports of one page. */
const MAX_PORTS = 64;

/** What of a page's `MessagePort` is used. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  close(): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

interface PageMessage {
  readonly source: unknown;
  readonly data: unknown;
  readonly ports: readonly Port[];
}

/** What of the global object of a window is used. */
interface Page {
  addEventListener?(type: 'message', listener: (event: PageMessage) => void): void;
}

/** Where the page of a window knocks, with a port: it is let in, or not, once it is known which. */
export class Door {
  static readonly #all = new WeakMap<object, Door>();
  readonly #ipcRenderer: IpcRenderer;
  #isOpen: boolean | undefined;
  #knocking: Port[] = [];
  readonly #ports = new Map<Port, Set<unknown>>();

  /** That of a window; there is one. */
  static of(ipcRenderer: IpcRenderer): Door {
    const known = Door.#all.get(ipcRenderer);
    if (known !== undefined) return known;
    const door = new Door(ipcRenderer);
    Door.#all.set(ipcRenderer, door);
    return door;
  }

  private constructor(ipcRenderer: IpcRenderer) {
    this.#ipcRenderer = ipcRenderer;
    const page = globalThis as unknown as Page;
    page.addEventListener?.('message', ({ data, source, ports: [port] }) => {
      // Not from a frame inside or around this one.
      if (data !== CHANNELS.port || source !== page || port === undefined) return;
      if (this.#isOpen === true) this.#admit(port);
      else if (this.#isOpen === undefined)
        this.#knocking = [...this.#knocking, port].slice(-MAX_PORTS);
    });
  }

  /** Lets in who has knocked, and who will. */
  open(): void {
    this.#isOpen = true;
    for (const port of this.#knocking) this.#admit(port);
    this.#knocking = [];
  }

  /** Lets nobody in, unless it was opened. */
  close(): void {
    this.#isOpen ??= false;
    this.#knocking = [];
  }

  #admit(port: Port): void {
    const ports = this.#ports;
    const scopes = new Set<unknown>();
    if (ports.size === 0) {
      const { toClient } = CHANNELS;
      this.#ipcRenderer.on(toClient, (_: unknown, ...told: unknown[]) => pass(ports, told));
    }
    ports.set(port, scopes);
    const [oldest] = ports.keys();
    if (ports.size > MAX_PORTS && oldest !== undefined) {
      ports.delete(oldest);
      oldest.close();
    }
    port.onmessage = ({ data }) => {
      if (!Array.isArray(data)) return;
      scopes.add(data[2]);
      this.#ipcRenderer.send?.(CHANNELS.toMain, ...data);
    };
    port.postMessage(CHANNELS.port);
  }
}

/**
 * Lets the page of this window reach the main process: `RendererSyncAdapter()` in the page then connects. To be called in
 * a preload script, which passes on what the page says, and decides nothing: what a window may do, the main process
 * decides.
 *
 * @param ipcRenderer - Electron's. Further calls with the same change nothing.
 */
export function serveRenderer(ipcRenderer: IpcRenderer): void {
  Door.of(ipcRenderer).open();
}

function pass(ports: ReadonlyMap<Port, Set<unknown>>, told: readonly unknown[]): void {
  if (!isTold(told)) return;
  for (const [port, scopes] of ports) {
    if (scopes.has(told[1])) port.postMessage(told);
  }
}
