import { checkFlag, checkFunction, checkPositive, checkScope, invalidOption } from './checks';
import { checkOptions, type Known } from './options';
import type { ProcessSharedCacheAdapterOptions } from './types';

const KNOWN: Known<ProcessSharedCacheAdapterOptions> = {
  scope: true,
  sharedScope: true,
  onClear: true,
  ttl: true,
  codec: true,
  copy: true,
  memoBytes: true,
  lease: true,
  session: true,
};

/**
 * Checks the options of an adapter, all but `codec`, which is checked where it is resolved.
 *
 * Throws `ERR_PSC_INVALID_SCOPE` or `ERR_PSC_INVALID_OPTION`.
 */
export function checkAdapterOptions(
  options: unknown,
): asserts options is ProcessSharedCacheAdapterOptions {
  checkOptions('createPSCAdapter', options, KNOWN);
  const { scope, sharedScope, onClear, ttl, copy, memoBytes, lease, session } = options as Record<
    string,
    unknown
  >;
  if (typeof scope !== 'function') checkScope(scope);
  checkScope(sharedScope);
  if (onClear !== undefined && onClear !== 'scope' && onClear !== 'detach') {
    throw invalidOption('onClear', onClear, "Give 'scope' or 'detach', or leave it out.");
  }
  checkPositive('ttl', ttl);
  checkFlag('copy', copy);
  checkPositive('memoBytes', memoBytes);
  checkPositive('lease', lease);
  if (session !== undefined) {
    const remedy = 'Give a function that names a session, or leave it out.';
    checkFunction('session', session, remedy);
  }
}
