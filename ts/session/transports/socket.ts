import { PSCError } from '../../errors';
import { describeForeign } from '../../foreign';
import type { Transport } from '../implement';
import { relay } from './relay';

/** What of a `WebSocket` is used: a page's, Node's, or that of `ws`. */
export interface SocketLike {
  /** 0 while it connects, 1 when it is open, 2 and 3 when it closes and is closed. */
  readonly readyState: number;
  send(data: string): void;
  addEventListener(type: string, listener: never): void;
  removeEventListener(type: string, listener: never): void;
}

/** Turns messages into text and back, for what JSON does not fit. Both functions have to be pure. */
export interface MessageCodec {
  /** Encodes a message. What it throws becomes the `cause` of an `ERR_PSC_NOT_SENDABLE`. */
  encode(message: unknown): string;
  /** Decodes what {@link MessageCodec.encode} made. */
  decode(text: string): unknown;
}

const JSON_CODEC: MessageCodec = { encode: JSON.stringify, decode: JSON.parse };
const ignore = (): void => {};
const CONNECTING = 0;
const OPEN = 1;

/**
 * A transport over a WebSocket, a page's or that of `ws`. Messages are JSON text, unless a codec says otherwise. What
 * is sent while it connects waits. Binary messages, and text that is no JSON, are left to others.
 *
 * @example
 * ```ts
 * server.on('connection', (socket) => new Channel(webSocketTransport(socket)));
 * ```
 */
export function webSocketTransport(socket: SocketLike, codec = JSON_CODEC): Transport {
  let waiting: string[] = [];
  return relay({
    transfers: false,
    send(message) {
      const text = encode(codec, message);
      if (socket.readyState === OPEN) socket.send(text);
      else if (socket.readyState === CONNECTING) waiting.push(text);
      else throw new PSCError('ERR_PSC_PEER_DISCONNECTED', 'The socket is closed. Connect again.');
    },
    open(tell) {
      const listeners: [string, (event: never) => void][] = [
        ['open', flush],
        ['message', ({ data }: { data: unknown }) => receive(data)],
        ['close', () => tell('close')],
        // `close` follows; without a listener, that of `ws` would end the process.
        ['error', ignore],
      ];
      function flush() {
        for (const text of waiting) socket.send(text);
        waiting = [];
      }
      function receive(data: unknown) {
        if (typeof data !== 'string') return;
        let message: unknown;
        try {
          message = codec.decode(data);
        } catch {
          return;
        }
        tell('message', message);
      }
      for (const [type, listener] of listeners) socket.addEventListener(type, listener as never);
      return () => {
        for (const [type, listener] of listeners)
          socket.removeEventListener(type, listener as never);
        // And so would one that is given up before it is open.
        if (socket.readyState === CONNECTING) socket.addEventListener('error', ignore as never);
      };
    },
  });
}

function encode(codec: MessageCodec, message: unknown): string {
  try {
    return codec.encode(message);
  } catch (cause) {
    const why = describeForeign(cause).replace(/\.$/, '');
    const text = `A value cannot be encoded (${why}). Send plain data, or give the transport a codec.`;
    throw new PSCError('ERR_PSC_NOT_SENDABLE', text, { cause });
  }
}
