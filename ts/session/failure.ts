import { ERROR_CODES, type PSCErrorCode } from '../errors';
import { describeForeign, isInstance, readError } from '../foreign';
import { isPath } from './path';

/** How an error travels. Every field can be carried by every transport. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly stack?: string | undefined;
  /** The ids of the sessions from the top of the tree down to the one in which it arose. */
  readonly path: readonly string[];
  /** What led to it: an error again, or a text, number or the like as it is. */
  readonly cause?: { readonly error: SentError } | { readonly value: unknown } | undefined;
}

/** The most errors of a chain of causes that are sent; also ends chains that lead back to themselves. */
const MAX_CAUSES = 8;

const PRIMITIVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

/**
 * What a session that failed rejects with. `code` is that of the error which was thrown, `ERR_PSC_LISTENER_FAILED` if
 * that had none, or one of ours, `ERR_PSC_…`, if something else went wrong.
 */
export class SessionError extends Error {
  /** What went wrong. */
  readonly code: string;

  /** The ids of the sessions from the top of the tree down to the one in which it arose. */
  readonly sessionPath: readonly string[];

  /** The stack of the error in the process in which it was thrown; undefined if that is this one. */
  readonly remoteStack: string | undefined;

  /** The error that led to this one, if there is one. */
  declare readonly cause?: unknown;

  constructor(
    code: string,
    message: string,
    sessionPath: readonly string[],
    options: {
      readonly cause?: unknown;
      readonly name?: string;
      readonly remoteStack?: string;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.sessionPath = sessionPath;
    this.remoteStack = options.remoteStack;
    if (options.name !== undefined) hide(this, 'name', options.name);
    // ES2021's Error takes no cause; this is where, and how, later ones keep it.
    if ('cause' in options) hide(this, 'cause', options.cause);
    if (options.remoteStack !== undefined) {
      hide(this, 'stack', `${options.remoteStack}\n    in session ${sessionPath.join(' > ')}`);
    }
  }
}

hide(SessionError.prototype, 'name', 'SessionError');

/** As the built-in errors have their fields: there, but not listed. */
function hide(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true });
}

/** One of our own errors. */
export function failure(
  code: PSCErrorCode,
  path: readonly string[],
  message: string = ERROR_CODES[code],
  options?: { readonly cause?: unknown },
): SessionError {
  return new SessionError(code, message, path, options);
}

/** A session was cancelled, by its user or its user's signal. */
export function cancelled(path: readonly string[], reason: unknown): SessionError {
  const why = readError(reason) === undefined ? '.' : `: ${describeForeign(reason)}`;
  const options = reason === undefined ? undefined : { cause: reason };
  return failure('ERR_PSC_CANCELLED', path, `The session was cancelled${why}`, options);
}

/** A session has reached its deadline. */
export function deadline(path: readonly string[]): SessionError {
  const message = 'The session was not finished by its deadline. Give it a longer `timeout`.';
  return failure('ERR_PSC_DEADLINE', path, message);
}

/** A session's parent has ended, with an error or without one, and it ends with it. */
export function inherited(path: readonly string[], error: SessionError | undefined): SessionError {
  if (error === undefined) {
    const message =
      'The session was cancelled, because its parent is finished. Await it in the parent.';
    return failure('ERR_PSC_CANCELLED', path, message);
  }
  const code = error.code === 'ERR_PSC_DEADLINE' ? 'ERR_PSC_DEADLINE' : 'ERR_PSC_CANCELLED';
  const message = `The session ended with its parent: ${error.message}`;
  return failure(code, path, message, { cause: error });
}

/** Something was to be sent in a session that has ended, with an error or without one. */
export function finished(
  path: readonly string[],
  action: string,
  error: SessionError | undefined,
): SessionError {
  const message =
    `${action} cannot be sent: the session is finished. Keep the promise of the opening listener open for as long as ` +
    'there are messages.';
  const options = error === undefined ? undefined : { cause: error };
  return failure('ERR_PSC_SESSION_FINISHED', path, message, options);
}

/** A second stream was to be sent one way. */
export function streamsAlready(path: readonly string[]): SessionError {
  const message =
    'This end of the session streams already. Join the sources: there is one stream each way.';
  return failure('ERR_PSC_INVALID_OPTION', path, message);
}

/** Items came beyond what there was room for. */
export function uncalledFor(path: readonly string[]): SessionError {
  const message =
    'The other end sent items that nobody had asked for. It does not keep to the protocol.';
  return failure('ERR_PSC_PROTOCOL', path, message);
}

/** Whatever was thrown in a session, as the error that the session fails with. Never throws. */
export function toSessionError(thrown: unknown, path: readonly string[]): SessionError {
  if (isInstance(thrown, SessionError)) return thrown;
  const read = readError(thrown);
  if (read === undefined) {
    const message = `A listener threw ${describeForeign(thrown)}, which is no Error.`;
    return failure('ERR_PSC_LISTENER_FAILED', path, message, { cause: thrown });
  }
  const { code = 'ERR_PSC_LISTENER_FAILED', message, name, stack } = read;
  const error = new SessionError(code, message, path, { cause: thrown, name });
  if (stack !== undefined) hide(error, 'stack', stack);
  return error;
}

/** Turns an error into what can be sent. Never throws. */
export function encodeError(error: SessionError): SentError {
  // A listener's own error became its session's: what is sent is the former, once.
  const { cause } = error;
  const read = readError(cause);
  const wraps = read !== undefined && read.stack === error.stack;
  return {
    name: error.name,
    message: error.message,
    code: error.code,
    stack: error.stack,
    path: error.sessionPath,
    cause: encodeCause(wraps ? read.cause : cause, error.sessionPath, MAX_CAUSES),
  };
}

function encodeCause(
  cause: unknown,
  path: readonly string[],
  left: number,
): SentError['cause'] | undefined {
  if (cause === undefined || left === 0) return undefined;
  const read = readError(cause);
  if (read === undefined) {
    if (cause === null || PRIMITIVES.has(typeof cause)) return { value: cause };
    return { value: describeForeign(cause) };
  }
  const sessionPath = isInstance(cause, SessionError) ? cause.sessionPath : path;
  const { name, message, stack, code } = read;
  const further = encodeCause(read.cause, sessionPath, left - 1);
  return { error: { name, message, stack, code, path: sessionPath, cause: further } };
}

/** Turns what was sent into an error again. What somebody else may have tampered with has its type all the same. */
export function decodeError(sent: SentError, fallbackPath: readonly string[]): SessionError {
  return decode(sent, fallbackPath, MAX_CAUSES);
}

function decode(sent: SentError, fallbackPath: readonly string[], left: number): SessionError {
  const path = isPath(sent.path) ? sent.path : fallbackPath;
  const { cause } = sent;
  const options: { cause?: unknown; name?: string; remoteStack?: string } = {};
  if (typeof sent.name === 'string') options.name = sent.name;
  if (typeof sent.stack === 'string') options.remoteStack = sent.stack;
  if (typeof cause === 'object' && cause !== null && left > 0) {
    const isError = 'error' in cause && typeof cause.error === 'object' && cause.error !== null;
    if (isError) options.cause = decode(cause.error as SentError, path, left - 1);
    else if ('value' in cause) options.cause = cause.value;
  }
  const code = typeof sent.code === 'string' ? sent.code : 'ERR_PSC_LISTENER_FAILED';
  const message = typeof sent.message === 'string' ? sent.message : '';
  return new SessionError(code, message, path, options);
}
