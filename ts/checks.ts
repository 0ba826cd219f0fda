import { PSCError } from './errors';
import type { StorageAdapter, SyncAdapter } from './types';

/** Most bytes of a scope in UTF-8; as in the native core. */
const MAX_SCOPE_BYTES = 4096;

/** What a value is, short enough for a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (value === null || typeof value !== 'object') {
    return typeof value === 'function' ? 'a function' : `${String(value)} (${typeof value})`;
  }
  return Array.isArray(value) ? 'an array' : 'an object';
}

/** Throws `ERR_PSC_INVALID_KEY` for anything but a string. */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') {
    const message = `Key is ${describe(key)}, and only strings are keys. Turn it into a string first.`;
    throw new PSCError('ERR_PSC_INVALID_KEY', message);
  }
}

/** Most bytes of a key in UTF-8; as in the native core. */
const MAX_KEY_BYTES = 64 * 1024;

/** Bytes of a key in UTF-8 if they are too many for any store, else 0. */
function excessOf(key: string): number {
  // A UTF-16 unit takes three bytes at most, so that nearly all keys need not be encoded to be measured.
  if (key.length * 3 <= MAX_KEY_BYTES) return 0;
  const bytes = new TextEncoder().encode(key).length;
  return bytes > MAX_KEY_BYTES ? bytes : 0;
}

/** Whether a key is so large that no store holds it: whoever reads or removes it has nothing to do. */
export function isTooLarge(key: string): boolean {
  return excessOf(key) > 0;
}

/** Throws `ERR_PSC_KEY_TOO_LARGE` for a key that no store holds. */
export function checkKeySize(key: string): void {
  const bytes = excessOf(key);
  if (bytes === 0) return;
  const message = `Key is too large: ${bytes} bytes of ${MAX_KEY_BYTES} allowed. Use a shorter key, for example a hash of it.`;
  throw new PSCError('ERR_PSC_KEY_TOO_LARGE', message);
}

/** Throws `ERR_PSC_INVALID_SCOPE` for anything but a string or undefined. */
export function checkScope(scope: unknown): asserts scope is string | undefined {
  if (scope !== undefined && typeof scope !== 'string') {
    const message = `Scope is ${describe(scope)}. Give a string, or leave it out for no scope.`;
    throw new PSCError('ERR_PSC_INVALID_SCOPE', message);
  }
  // A UTF-16 unit takes three bytes at most, so that nearly all scopes need not be encoded to be measured.
  if (scope === undefined || scope.length * 3 <= MAX_SCOPE_BYTES) return;
  const bytes = new TextEncoder().encode(scope).length;
  if (bytes > MAX_SCOPE_BYTES) {
    const message = `Scope has ${bytes} bytes, and ${MAX_SCOPE_BYTES} are allowed. Use a shorter one, for example a hash of it.`;
    throw new PSCError('ERR_PSC_INVALID_SCOPE', message);
  }
}

/** An option or argument that cannot work. */
export function invalidOption(name: string, value: unknown, remedy: string): PSCError {
  return new PSCError('ERR_PSC_INVALID_OPTION', `\`${name}\` is ${describe(value)}. ${remedy}`);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** Throws `ERR_PSC_INVALID_OPTION` for what is no transport. */
export function checkSyncAdapter(syncAdapter: unknown): asserts syncAdapter is SyncAdapter {
  if (!hasMethods(syncAdapter, ['send', 'receive'])) {
    throw invalidOption(
      'syncAdapter',
      syncAdapter,
      'Give an object with the functions `send` and `receive`, such as `NodeSyncAdapter()` makes.',
    );
  }
}

/** Throws `ERR_PSC_INVALID_OPTION` for what is no storage. */
export function checkStorage(storage: unknown): asserts storage is StorageAdapter {
  if (!hasMethods(storage, ['set', 'get', 'remove', 'clear'])) {
    throw invalidOption(
      'storage',
      storage,
      'Give an object with the functions `set`, `get`, `remove` and `clear`, or leave it out. ' +
        'lru-cache names its `remove` `delete`: wrap it.',
    );
  }
}

/** Throws `ERR_PSC_INVALID_OPTION` for a number that is not above 0. */
export function checkPositive(name: string, value: unknown): asserts value is number | undefined {
  if (value !== undefined && !(typeof value === 'number' && value > 0)) {
    throw invalidOption(name, value, 'Give a number above 0, or leave it out.');
  }
}

/** Throws `ERR_PSC_INVALID_OPTION` for what is neither true, false nor undefined. */
export function checkFlag(name: string, value: unknown): asserts value is boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') {
    throw invalidOption(name, value, 'Give true or false, or leave it out.');
  }
}

/** Throws `ERR_PSC_INVALID_OPTION` for anything but a finite number. */
export function checkFinite(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalidOption(name, value, 'Give a finite number, or leave it out.');
  }
}

/** Throws `ERR_PSC_INVALID_OPTION` for what is no function. */
export function checkFunction(name: string, value: unknown, remedy: string): void {
  if (typeof value !== 'function') throw invalidOption(name, value, remedy);
}

/** Throws `ERR_PSC_INVALID_OPTION` for what is no object of options. */
export function checkObject(name: string, value: unknown): asserts value is object {
  if (value === null || typeof value !== 'object') {
    throw invalidOption(name, value, 'Give an object, or leave it out.');
  }
}
