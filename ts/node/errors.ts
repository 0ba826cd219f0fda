import { isErrorCode, PSCError } from '../errors';

/** An error of the native binary as a {@link PSCError}; any other error as it is. */
export function fromNative(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PSCError) return error;
  const { code } = error as { code?: unknown };
  return isErrorCode(code) ? new PSCError(code, error.message, { cause: error }) : error;
}

/** Whether the region was replaced under our hands. */
export function isRetired(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_PSC_RETIRED';
}
