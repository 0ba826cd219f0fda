import { describe } from '../checks';
import { PSCError } from '../errors';
import type { ProcessSharedCacheAdapterOptions } from '../types';

/** A function that names the scope of a call. */
export type ScopeFunction = () => string | undefined;

/** Options whose scope is known. */
export type FixedOptions = Omit<ProcessSharedCacheAdapterOptions, 'scope'> & {
  readonly scope?: string | undefined;
};

/** The same options for one scope. */
export function fix(options: ProcessSharedCacheAdapterOptions, scope: string): FixedOptions {
  return { ...options, scope };
}

/**
 * The scope of this very call. Never the namespace of no scope: what belongs to a user must not get where all are.
 *
 * Throws `ERR_PSC_NO_SCOPE` or `ERR_PSC_INVALID_SCOPE`.
 */
export function scopeOf(name: ScopeFunction): string {
  let scope: unknown;
  try {
    scope = name();
  } catch (cause) {
    if (cause instanceof PSCError) throw cause;
    const message = `The adapter's \`scope\` function threw ${describe(cause)}, so that nobody knows whose entries are meant. See \`cause\`.`;
    throw new PSCError('ERR_PSC_NO_SCOPE', message, { cause });
  }
  if (typeof scope === 'string') return scope;
  if (scope === undefined) {
    const message =
      "The adapter's `scope` function returned undefined: this call serves no request, or its request belongs to " +
      'nobody. Make it inside `run(store, fn)` of `createRequestScope`, or behind its middleware.';
    throw new PSCError('ERR_PSC_NO_SCOPE', message);
  }
  const message = `The adapter's \`scope\` function returned ${describe(scope)}. It has to return a string, at once.`;
  throw new PSCError('ERR_PSC_INVALID_SCOPE', message);
}
