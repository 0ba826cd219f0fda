import { createSyncAdapter } from '../adapter';
import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../types';
import { CHANNELS } from './channels';
import type { Port } from './door';
import { Handlers } from './handlers';
import { nobody } from './nobody';
import { isTold, pack, type Request } from './wire';

/** What of a page's global object is used. */
interface Page {
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port };
  postMessage?(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
}

let connected: (SyncAdapter & { readonly ready: Promise<void> }) | undefined;

/**
 * The transport of a page's own world: adapters on it keep their mirror in the page, so that reading crosses no bridge.
 * Its preload script has to call `serveRenderer(ipcRenderer)`, or be the one that is shipped.
 *
 * All adapters of a page share one, and each call returns it. `await adapter.ready` once, before the application is
 * mounted: from then on `get` answers at once what other windows have cached.
 *
 * @example
 * ```ts
 * import { createPSCAdapter, RendererSyncAdapter } from 'psc-native/renderer';
 * const pscAdapter = createPSCAdapter(RendererSyncAdapter());
 * await pscAdapter.ready;
 * ```
 */
export function RendererSyncAdapter(): SyncAdapter & { readonly ready: Promise<void> } {
  connected ??= connect();
  return connected;
}

function connect(): SyncAdapter & { readonly ready: Promise<void> } {
  const page = globalThis as unknown as Page;
  const handlers = new Handlers();
  let waiting: Request[] | undefined = [];
  let port: Port | undefined;
  // Somebody has told something: there is a synchronizer.
  let isHeard = false;
  const ready = new Promise<void>((resolve) => {
    const { port1, port2 } = page.MessageChannel ? new page.MessageChannel() : {};
    port = port1;
    if (port1 === undefined) return;
    port1.onmessage = ({ data }) => {
      if (data === CHANNELS.port) {
        for (const request of waiting ?? []) port1.postMessage(request);
        waiting = undefined;
        resolve();
      } else if (Array.isArray(data) && isTold(data)) {
        isHeard = true;
        handlers.take(data);
      }
    };
    // A port can be given to this very window only: a page that was left does not hear it.
    page.postMessage?.(CHANNELS.port, '*', [port2]);
  });
  return createSyncAdapter({
    send(event: SharedCacheEvent) {
      // A mirror keeps what was refused and sends it later; what nobody heard would be lost.
      if (!isHeard && event.type !== 'init') throw nobody();
      const request = pack(event);
      if (waiting === undefined) port?.postMessage(request);
      else waiting.push(request);
    },
    receive: (handler: SharedEventHandler) => void handlers.add(handler),
    ready,
  });
}
