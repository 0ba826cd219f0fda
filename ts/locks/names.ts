import { describe, invalidOption } from '../checks';
import { PSCError } from '../errors';

/** Milliseconds that `lock` waits, so that `atomize` of alova comes to see its own time-out. */
export const LOCK_PATIENCE = 1000;
/** Milliseconds for which a holder that does not run keeps what it holds. */
export const LEASE = 10_000;

/**
 * The names that are to be locked or unlocked.
 *
 * Throws `ERR_PSC_INVALID_OPTION` for anything but a string or an array of strings.
 */
export function namesOf(resource: unknown): string[] {
  const names: unknown[] = Array.isArray(resource) ? resource : [resource];
  for (const name of names) {
    if (typeof name !== 'string') {
      throw invalidOption('resource', name, 'Give a string, or an array of strings.');
    }
  }
  return names as string[];
}

/** What `lock` rejects with when it was not its caller's turn in time. */
export function lockTimeout(names: readonly string[], why: string): PSCError {
  const named = names.map(describe).join(', ');
  return new PSCError(
    'ERR_PSC_LOCK_TIMEOUT',
    `The lock of ${named} was not free within ${LOCK_PATIENCE} ms${why}. Try again, or hold it for less long.`,
  );
}
