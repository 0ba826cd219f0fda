/**
 * What is known of something that others threw. It may be anything: an error whose getters throw, a Proxy whose traps do,
 * one whose `name` is a symbol or a method. Reading it never throws, and each field has its type.
 */
export interface ForeignError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly cause: unknown;
}

/** Something that others threw, if it is an error of whatever realm; undefined if it is something else. Never throws. */
export function readError(thrown: unknown): ForeignError | undefined {
  if (!isError(thrown)) return undefined;
  const code = read(thrown, 'code');
  return {
    name: textOf(read(thrown, 'name')) ?? 'Error',
    message: textOf(read(thrown, 'message')) ?? '',
    stack: textOf(read(thrown, 'stack')),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    cause: read(thrown, 'cause'),
  };
}

/** What somebody threw, short enough for a message. Never throws. */
export function describeForeign(thrown: unknown): string {
  const error = readError(thrown);
  if (error !== undefined) return error.message === '' ? error.name : error.message;
  return typeof thrown === 'string' ? JSON.stringify(thrown.slice(0, 200)) : `a ${typeof thrown}`;
}

/** Whether something is of a class of ours. Never throws, as `instanceof` does for a Proxy that was revoked. */
export function isInstance<T>(
  value: unknown,
  type: abstract new (...args: never[]) => T,
): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** Also of another realm, as of a test runner that gives each test file its own, or of an iframe. */
function isError(thrown: unknown): thrown is object {
  if (isInstance(thrown, Error)) return true;
  try {
    return Object.prototype.toString.call(thrown) === '[object Error]';
  } catch {
    return false;
  }
}

function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
