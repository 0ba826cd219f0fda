import { invalidOption } from '../checks';
import { PSCError } from '../errors';
import { describeForeign, isInstance, readError } from '../foreign';
import { type Farewell, farewellOf } from './farewell';
import type { ChannelImplement, Transport } from './implement';
import { refuseUncarriable } from './sendable';
import { listenTo } from './sharedListeners';
import { isThenable } from './thenable';
import { transferListOf } from './transfer';
import type { Frame } from './wire';

/** Whom a link tells what happens on it. */
export interface LinkUser {
  /** A message arrived, ours or not. */
  received(message: unknown): void;
  /** The other end cannot be reached any more. Nothing comes after that. */
  lost(error: PSCError): void;
  /** What the transport took has not been sent after all. */
  unsent(frame: Frame, error: PSCError): void;
  /** A message arrived that the transport itself cannot make out. */
  unreadable(error: PSCError): void;
}

type Listener = (...args: unknown[]) => void;
type Send = (message: unknown, more?: unknown) => unknown;

/** What of a Node process object tells that it is one: its `send` reports failures to a callback. */
interface ProcessLike {
  readonly connected?: unknown;
  isConnected?(): boolean;
}

function isProcess(implement: ChannelImplement): boolean {
  const { connected, isConnected } = implement as ProcessLike;
  return typeof connected === 'boolean' || typeof isConnected === 'function';
}

/** A channel's hold on its implement: hears it, sends on it, and lets go of it without a trace. */
export class Link {
  private readonly implement: ChannelImplement;
  private readonly user: LinkUser;
  private readonly stops: (() => void)[] = [];
  private readonly reportsToCallback: boolean;
  private readonly transfers: boolean;
  private readonly farewell: Farewell;
  /** Told by a process how sending went. */
  private readonly suspect = (error: unknown) => {
    if (error !== null && error !== undefined) this.farewell.suspect();
  };

  /** Throws `ERR_PSC_INVALID_OPTION` for what cannot communicate. */
  constructor(implement: ChannelImplement, user: LinkUser) {
    if (typeof implement?.on !== 'function' || typeof implement.send !== 'function') {
      throw invalidOption(
        'implement',
        implement,
        'Give an object with a `message` event and a `send` method. `process` has `send` only in a process that was ' +
          'forked; sockets, ports and the like need a transport, such as `webSocketTransport(socket)`.',
      );
    }
    this.implement = implement;
    this.user = user;
    this.transfers = (implement as Partial<Transport>).transfers === true;
    this.reportsToCallback = !this.transfers && isProcess(implement);
    this.listen('message', (message) => user.received(message));
    this.listen('messageerror', (cause) => {
      const message = 'A message arrived that the transport could not decode.';
      user.unreadable(new PSCError('ERR_PSC_PROTOCOL', message, { cause }));
    });
    this.farewell = farewellOf(
      implement,
      (event, listener) => this.listen(event, listener),
      (error) => this.user.lost(error),
    );
  }

  /**
   * Sends a message.
   *
   * @param value - What of it the user gave, and may have marked for transfer.
   *
   * Throws `ERR_PSC_NOT_SENDABLE` for what the transport cannot carry, `ERR_PSC_IO` if it refuses for another reason.
   */
  send(message: Frame, value: unknown, implement = this.implement): void {
    const target = implement as unknown as { send: Send };
    if (this.transfers) {
      const list = transferListOf(value);
      attempt(message, () =>
        list === undefined ? target.send(message) : target.send(message, list),
      );
      return;
    }
    refuseUncarriable(value);
    if (this.reportsToCallback) {
      attempt(message, () => target.send(message, this.suspect));
      return;
    }
    const sent = attempt(message, () => target.send(message));
    // A `send` of the user's own may be asynchronous.
    if (isThenable(sent)) {
      sent.then(undefined, (cause) =>
        this.user.unsent(
          message,
          isUncarriable(message, cause) ? unsendable(cause) : refused(cause),
        ),
      );
    }
  }

  /** Lets go of the implement. */
  close(): void {
    this.farewell.stop();
    for (const stop of this.stops.splice(0)) stop();
  }

  private listen(event: string, listener: Listener): void {
    this.stops.push(listenTo(this.implement, event, listener));
  }
}

function attempt(message: unknown, send: () => unknown): unknown {
  try {
    return send();
  } catch (cause) {
    if (isInstance(cause, PSCError)) throw cause;
    throw isUncarriable(message, cause) ? unsendable(cause) : refused(cause);
  }
}

/**
 * Whether a transport failed because of what was to be sent. Structured clone throws a `DataCloneError`, which Electron turns
 * into an `Error` that says the same; of everything else, whether the message has a JSON text is a better witness than the
 * error's name: a getter may throw anything, and a transport that is broken a `TypeError`.
 */
function isUncarriable(message: unknown, cause: unknown): boolean {
  const error = readError(cause);
  if (error?.name === 'DataCloneError' || /could not be cloned/i.test(error?.message ?? '')) {
    return true;
  }
  try {
    JSON.stringify(message);
    return false;
  } catch {
    return true;
  }
}

function unsendable(cause: unknown): PSCError {
  const message = `The transport cannot carry a value (${textOf(cause)}). Send plain data.`;
  return new PSCError('ERR_PSC_NOT_SENDABLE', message, { cause });
}

function refused(cause: unknown): PSCError {
  const message = `The transport did not send a message: ${textOf(cause)}.`;
  return new PSCError('ERR_PSC_IO', message, { cause });
}

function textOf(cause: unknown): string {
  return describeForeign(cause).slice(0, 500).replace(/\.$/, '');
}
