/**
 * Every code a {@link PSCError} can have, with one sentence on what it means. Codes are stable; messages are for
 * people. `docs/errors.md` says when each arises and what to do.
 */
export const ERROR_CODES = {
  ERR_PSC_INVALID_KEY: 'A key is not a string.',
  ERR_PSC_KEY_TOO_LARGE: 'A key is longer than the store allows.',
  ERR_PSC_VALUE_TOO_LARGE: 'An encoded value is longer than `maxValueBytes`.',
  ERR_PSC_QUOTA_EXCEEDED: 'A window or process holds its share of the cache already.',
  ERR_PSC_SERIALIZE: 'A value cannot be encoded or decoded by the codec.',
  ERR_PSC_NOT_A_NUMBER: 'What is to be incremented is no number, or the sum is not finite.',
  ERR_PSC_CHANGED: 'The key was changed by somebody else meanwhile.',
  ERR_PSC_UNSUPPORTED:
    'The synchronizer, or the transport to it, does not know of what was asked for.',
  ERR_PSC_INVALID_SCOPE: 'A scope is neither a string nor undefined, or it is too long.',
  ERR_PSC_NO_SCOPE: 'There is no scope here, for example because no request is being served.',
  ERR_PSC_INVALID_OPTION: 'An option or argument has a value that cannot work.',
  ERR_PSC_INVALID_EVENT: 'An event does not have the shape of a `SharedCacheEvent`.',
  ERR_PSC_CLOSED: 'The adapter or synchronizer was closed.',
  ERR_PSC_NOT_ALLOWED: 'The main process does not let this document do that.',
  ERR_PSC_NOT_ADMITTED: 'The cache is root’s, and not open to this user.',
  ERR_PSC_RATE_LIMITED: 'A window has sent more events than it may.',
  ERR_PSC_QUEUE_FULL: 'Too many writes wait for the synchronizer.',
  ERR_PSC_TIMEOUT: 'A write was not settled in time.',
  ERR_PSC_OUT_OF_ORDER:
    'A message reached the synchronizer long after later ones, and was refused.',
  ERR_PSC_LOCK_TIMEOUT: 'A lock was not free in time.',
  ERR_PSC_DEADLOCK: 'A factory asks for the key that it computes.',
  ERR_PSC_TOO_MANY_LOCKS: 'The cache has no room for another lock.',
  ERR_PSC_RETIRED: 'The cache was replaced by a new one.',
  ERR_PSC_DIRECTORY: 'The directory cannot hold the cache.',
  ERR_PSC_NO_SPACE: 'There is no room on the file system for the cache.',
  ERR_PSC_CORRUPT: 'The file of the cache is not whole.',
  ERR_PSC_VERSION_MISMATCH: 'Another release of psc-native uses the cache.',
  ERR_PSC_ENDPOINT_IN_USE: 'Another synchronizer is running with this id.',
  ERR_PSC_TOO_MANY_PROCESSES: 'The cache is in use by the most processes it allows.',
  ERR_PSC_INTERNAL: 'psc-native met a fault of its own.',
  ERR_PSC_IO: 'The operating system or a transport refused something.',
  ERR_PSC_NATIVE_UNAVAILABLE: 'The native binary for this platform could not be loaded.',
  ERR_PSC_UNKNOWN_ACTION: 'A session has no listener for an action.',
  ERR_PSC_LISTENER_FAILED: 'A listener of a session threw something that has no code of its own.',
  ERR_PSC_NOT_SENDABLE: 'A transport cannot carry a value.',
  ERR_PSC_PEER_DIED: 'The process or thread at the other end of a channel has ended.',
  ERR_PSC_PEER_DISCONNECTED: 'The transport of a channel has lost its other end.',
  ERR_PSC_CHANNEL_CLOSED: 'A channel was closed.',
  ERR_PSC_SESSION_EXISTS: 'A session with this id is open on the channel.',
  ERR_PSC_SESSION_FINISHED: 'The session is finished.',
  ERR_PSC_CANCELLED: 'A session was cancelled.',
  ERR_PSC_DEADLINE: 'A session was not finished by its deadline.',
  ERR_PSC_PROTOCOL: 'A message of a channel does not have the shape of one.',
  ERR_PSC_PROTOCOL_VERSION: 'The ends of a channel speak different versions of the protocol.',
} as const;

/** A code of {@link ERROR_CODES}. */
export type PSCErrorCode = keyof typeof ERROR_CODES;

/**
 * Everything that goes wrong here is one of these; a miss is no error.
 *
 * Tell errors apart by {@link PSCError.code}, not by their class: over `contextBridge` only the message survives, and
 * errors of the native binary are plain `Error`s with the same `code`.
 */
export class PSCError extends Error {
  /** What went wrong. Stable over releases. */
  readonly code: PSCErrorCode;

  /** The error that led to this one, if there is one. */
  declare readonly cause?: unknown;

  /**
   * @param code - What went wrong.
   * @param message - For people: subject, fact, values, remedy. Without one, the code's own sentence.
   * @param options - `cause`: the error that led to this one.
   */
  constructor(
    code: PSCErrorCode,
    message: string = ERROR_CODES[code],
    options?: { readonly cause?: unknown },
  ) {
    super(message);
    this.code = code;
    // ES2021's Error takes no cause; this is where, and how, later ones keep it.
    if (options !== undefined && 'cause' in options) {
      Object.defineProperty(this, 'cause', {
        value: options.cause,
        writable: true,
        configurable: true,
      });
    }
  }
}

// On the prototype, as the built-in errors have it: the name shows in stacks and is no own property.
Object.defineProperty(PSCError.prototype, 'name', {
  value: 'PSCError',
  writable: true,
  configurable: true,
});

/** Whether a text is one of our codes. */
export function isErrorCode(code: unknown): code is PSCErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
