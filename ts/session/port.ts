import type { Exchange } from './exchange';
import type { ChannelImplement } from './implement';
import type { ReceivedMessage } from './typing';
import type { Frame } from './wire';

/** Where code finds the session that it runs for. */
export interface Context {
  run(face: Face, code: () => unknown): unknown;
  getStore(): { readonly sessionId: string } | undefined;
}

/** What an exchange needs of its channel. */
export interface Port {
  /** Sends a frame; `value` is what of it the user gave. Throws what cannot be sent. */
  post(frame: Frame, value: unknown, implement?: ChannelImplement): void;
  /** The exchange has ended: its frames are nobody's from now on. */
  release(exchange: Exchange): void;
  /** Runs listeners, so that what they do is known to belong to the session. */
  readonly context: Context | undefined;
  /** A log line or progress report has reached the top of the tree. Returns what who takes it returns. */
  arrived(message: ReceivedMessage): unknown;
}

/** What of a session only its working calls. */
export interface Face {
  initializeListeners(): void;
  onUnknownAction(message: ReceivedMessage): unknown;
}

/** A listener of any action. */
export type AnyListener = (payload: never, message: never) => unknown;

/** What makes an exchange. */
export interface ExchangeInit {
  readonly sessionId: string;
  /** The ids of the sessions above, the topmost first. */
  readonly above: readonly string[];
  /** Whether this end began the session. */
  readonly isOpener: boolean;
  readonly parent: Exchange | undefined;
  readonly port: Port;
  /** The deadline, an instant of the clock. */
  readonly expiresAt: number;
}
