import { PSCError } from '../errors';
import { describeForeign } from '../foreign';
import { at, now } from './clock';
import type { ChannelImplement } from './implement';

/** How long after a process disconnected it is waited for the news that it has ended, in ms. */
const EXIT_AFTER_MS = 80;

/** What of a Node child process tells how it is. A cluster worker has one in `process`. */
interface Child {
  readonly pid?: number | undefined;
  readonly exitCode?: number | null;
  readonly signalCode?: string | null;
  readonly process?: Child;
}

type Listen = (event: string, listener: (...args: unknown[]) => void) => void;

/** What waits for the end of a connection. */
export interface Farewell {
  /** Something could not be sent, because the connection is gone: what is known of it will come soon. */
  suspect(): void;
  /** Waits no longer. */
  stop(): void;
}

/**
 * Says once why the other end cannot be reached any more.
 *
 * A process that is killed disconnects and exits, in either order; only the latter tells that it died.
 */
export function farewellOf(
  implement: ChannelImplement,
  listen: Listen,
  lost: (error: PSCError) => void,
): Farewell {
  let isOver = false;
  let callOff: (() => void) | undefined;
  const end = (error: PSCError) => {
    if (isOver) return;
    isOver = true;
    callOff?.();
    lost(error);
  };
  const disconnected = (cause?: unknown) => {
    if (isOver || callOff !== undefined) return;
    if (cause instanceof PSCError) return end(cause);
    const child = childOf(implement);
    if (child === undefined) return end(disconnection());
    if (hasEnded(child)) return end(death(child, child.exitCode, child.signalCode));
    callOff = at(now() + EXIT_AFTER_MS, () => {
      // The event loop may have been busy, and the news be there already.
      callOff = at(now(), () => end(disconnection()));
    });
  };
  listen('disconnect', disconnected);
  listen('close', disconnected);
  // The `exit` of the own process is not the other end's.
  if (!isOwnProcess(implement)) {
    listen('exit', (code, signal) => end(death(childOf(implement), code, signal)));
    listen('error', (cause) => {
      const child = childOf(implement);
      // One that could not be started never exits; other errors are followed by `exit` or `disconnect`.
      if (child === undefined || child.pid === undefined)
        end(death(child, undefined, undefined, cause));
    });
  }
  return {
    suspect: () => disconnected(),
    stop: () => {
      isOver = true;
      callOff?.();
    },
  };
}

function isOwnProcess(implement: unknown): boolean {
  return implement === (globalThis as { readonly process?: unknown }).process;
}

function childOf(implement: unknown): Child | undefined {
  if (isOwnProcess(implement)) return undefined;
  const { process: inner } = implement as Child;
  const child = inner ?? (implement as Child);
  return 'exitCode' in child && 'signalCode' in child ? child : undefined;
}

function hasEnded({ exitCode, signalCode }: Child): boolean {
  return typeof exitCode === 'number' || typeof signalCode === 'string';
}

function death(
  child: Child | undefined,
  code: unknown,
  signal: unknown,
  cause?: unknown,
): PSCError {
  const who = child?.pid === undefined ? 'The other end' : `Process ${child.pid}`;
  const how =
    typeof signal === 'string'
      ? `was killed by ${signal}`
      : typeof code === 'number'
        ? `ended with exit code ${code}`
        : `ended (${cause === undefined ? 'nobody knows why' : describeForeign(cause)})`;
  const message = `${who} ${how}. Start it again and make a new channel.`;
  return new PSCError('ERR_PSC_PEER_DIED', message, cause === undefined ? undefined : { cause });
}

function disconnection(): PSCError {
  const message = 'The other end has disconnected. Connect again and make a new channel.';
  return new PSCError('ERR_PSC_PEER_DISCONNECTED', message);
}
