import { PSCError } from '../errors';
import { decodeError, failure, type SentError, type SessionError } from './failure';
import type { Outcome } from './settlement';
import { WIRE_VERSION } from './wire';

/** What of a session is said in an error. */
interface Named {
  readonly path: readonly string[];
}

/** How the other end says that a session ended. */
export function outcomeOf(error: SentError | undefined, value: unknown, { path }: Named): Outcome {
  return error === undefined ? { value } : { error: decodeError(error, path) };
}

/** The other end does not understand what this one says. */
export function otherVersion(versions: readonly unknown[]): PSCError {
  const message =
    `The other end speaks version ${versions.join(', ')} of the protocol, and this one ${WIRE_VERSION}. ` +
    'Use one release at both ends.';
  return new PSCError('ERR_PSC_PROTOCOL_VERSION', message);
}

/** This end does not understand what the other one says. */
export function unknownVersion(version: number): PSCError {
  const message = `A message has version ${version} of the protocol, and this end speaks ${WIRE_VERSION}.`;
  return new PSCError('ERR_PSC_PROTOCOL_VERSION', message);
}

/** What happened to a whole channel, for one of its sessions. */
export function because(error: PSCError, { path }: Named): SessionError {
  return failure(error.code, path, error.message, { cause: error });
}

/** A second greeting came. */
export function replaced(): PSCError {
  const message = 'The other end has replaced its channel without closing it.';
  return new PSCError('ERR_PSC_PEER_DISCONNECTED', message);
}

/** The other end said that it closes. */
export function closedByOther(): PSCError {
  const message = 'The channel was closed by the other end.';
  return new PSCError('ERR_PSC_CHANNEL_CLOSED', message);
}

/** A session cannot begin under an id that another one has. */
export function taken({ path }: Named): SessionError {
  const message =
    'A session with this id is open on the channel. Use a new UUID, or pass the session itself to begin one below it.';
  return failure('ERR_PSC_SESSION_EXISTS', path, message);
}

/** The other end does not know a session that is open here. */
export function forgotten({ path }: Named): SessionError {
  const message =
    'The other end has no such session: it is finished there, or its channel was made anew.';
  return failure('ERR_PSC_SESSION_FINISHED', path, message);
}
