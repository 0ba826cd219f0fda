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

const served = new WeakSet<object>();

/**
 * Lets the page of this window reach the main process: `RendererSyncAdapter()` in the page then connects. To be called in
 * a preload script, which passes on what the page says, and decides nothing: what a window may do, the main process
 * decides.
 *
 * @param ipcRenderer - Electron's. Further calls with the same change nothing.
 */
export function serveRenderer(ipcRenderer: IpcRenderer): void {
  if (served.has(ipcRenderer)) return;
  served.add(ipcRenderer);
  const page = globalThis as unknown as Page;
  const ports = new Map<Port, Set<unknown>>();
  page.addEventListener?.('message', (event) => {
    const [port] = event.ports;
    // Not from a frame inside or around this one.
    if (event.data !== CHANNELS.port || event.source !== page || port === undefined) return;
    const scopes = new Set<unknown>();
    if (ports.size === 0) {
      ipcRenderer.on(CHANNELS.toClient, (_: unknown, ...told: unknown[]) => pass(ports, told));
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
      ipcRenderer.send?.(CHANNELS.toMain, ...data);
    };
    port.postMessage(CHANNELS.port);
  });
}

function pass(ports: ReadonlyMap<Port, Set<unknown>>, told: readonly unknown[]): void {
  if (!isTold(told)) return;
  for (const [port, scopes] of ports) {
    if (scopes.has(told[1])) port.postMessage(told);
  }
}
