import type { Transport } from '../implement';
import { listenTo } from '../sharedListeners';

type Listener = (...args: unknown[]) => void;

type TransportEvent = 'message' | 'messageerror' | 'close' | 'exit' | 'error';

/** What a transport is made of. */
export interface Ends {
  /** Sends a message. Throws what cannot be sent. */
  send(message: unknown, transferList: readonly unknown[] | undefined): void;
  /** Whether `send` heeds the list. */
  readonly transfers: boolean;
  /** Begins to hear what the transport is made on, and returns what ends that. */
  open(tell: (event: TransportEvent, ...args: unknown[]) => void): () => void;
}

/**
 * Turns something with methods and events of its own into a {@link Transport}. It is listened to as long as somebody
 * listens to the transport, and not a moment longer.
 */
export function relay({ send, transfers, open }: Ends): Transport {
  const listeners = new Map<string, Set<Listener>>();
  let close: (() => void) | undefined;
  return {
    transfers,
    send: (message, transferList) => send(message, transferList),
    on(event, listener) {
      const ofEvent = listeners.get(event) ?? new Set();
      listeners.set(event, ofEvent.add(listener));
      // Opened with the first listener of messages: a port may have some in store.
      if (event === 'message') {
        close ??= open((name, ...args) => {
          for (const each of [...(listeners.get(name) ?? [])]) each(...args);
        });
      }
    },
    off(event, listener) {
      listeners.get(event)?.delete(listener);
      if (listeners.get('message')?.size !== 0) return;
      close?.();
      close = undefined;
    },
  };
}

/** What of Node's event emitters is used. */
export interface Emitter {
  on(event: string, listener: never): unknown;
  removeListener(event: string, listener: never): unknown;
}

type EventListener = (...args: never[]) => void;

/** Listens to several events of one emitter. Returns what ends that. */
export function listenAll(
  emitter: Emitter,
  listeners: Readonly<Record<string, EventListener>>,
): () => void {
  const stops = Object.entries(listeners).map(([event, listener]) =>
    listenTo(emitter, event, listener as (...args: unknown[]) => void),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
