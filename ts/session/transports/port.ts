import { PSCError } from '../../errors';
import type { Transport } from '../implement';
import { type Emitter, listenAll, relay } from './relay';

/** What of a page's `MessagePort` or `Worker`, or of a worker's own `self`, is used. */
export interface EventTargetPort {
  postMessage(message: unknown, transfer: never[]): void;
  addEventListener(type: string, listener: never): void;
  removeEventListener(type: string, listener: never): void;
  /** A port has it, and delivers nothing before. */
  start?(): void;
}

/** What of a `MessagePort`, a `Worker` or the `parentPort` of `node:worker_threads` is used. */
export interface NodePort extends Emitter {
  postMessage(message: unknown, transfer?: never): void;
}

/**
 * A transport over ports: Node's `Worker`, `parentPort` and `MessagePort`, and a page's `MessagePort` and `Worker`.
 *
 * Messages are cloned, and what was marked with `transfer` is moved. A thread that exits, and a port of Node's that
 * closes, is noticed; pages are not told when the other end of a port goes.
 *
 * @example
 * ```ts
 * const channel = new Channel(portTransport(new Worker('./worker.mjs')));
 * ```
 */
export function portTransport(port: NodePort | EventTargetPort): Transport {
  // Node's own ports have both ways; theirs tells more.
  const isNode = typeof (port as Partial<NodePort>).on === 'function';
  return isNode ? nodePort(port as NodePort) : pagePort(port as EventTargetPort);
}

function nodePort(port: NodePort): Transport {
  let isClosed = false;
  return relay({
    transfers: true,
    send(message, transferList) {
      // A closed port takes everything and delivers nothing.
      if (isClosed) throw closed();
      port.postMessage(message, transferList as never);
    },
    open: (tell) =>
      listenAll(port, {
        message: (message) => tell('message', message),
        messageerror: (error) => tell('messageerror', error),
        // A thread that threw: `exit` follows, and does not say what.
        error: (error) => tell('error', error),
        exit: (code) => {
          isClosed = true;
          tell('exit', code);
        },
        close: () => {
          isClosed = true;
          tell('close');
        },
      }),
  });
}

function pagePort(port: EventTargetPort): Transport {
  return relay({
    transfers: true,
    send: (message, transferList = []) => port.postMessage(message, transferList as never[]),
    open(tell) {
      const listeners: [string, (event: never) => void][] = [
        ['message', ({ data }: { data: unknown }) => tell('message', data)],
        ['messageerror', () => tell('messageerror', undefined)],
        ['close', () => tell('close')],
      ];
      for (const [type, listener] of listeners) port.addEventListener(type, listener as never);
      port.start?.();
      return () => {
        for (const [type, listener] of listeners) port.removeEventListener(type, listener as never);
      };
    },
  });
}

function closed(): PSCError {
  return new PSCError('ERR_PSC_PEER_DISCONNECTED', 'The port is closed. Make a new one.');
}
