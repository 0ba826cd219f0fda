import { PSCError } from '../errors';
import { failure, type SessionError } from './failure';

/** What of a session is said in an error. */
interface Named {
  readonly path: readonly string[];
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
