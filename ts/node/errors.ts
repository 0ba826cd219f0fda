import { isErrorCode, PSCError } from '../errors';
import { isInstance, readError } from '../foreign';

/** An error of the native binary as a {@link PSCError}; any other error as it is. */
export function fromNative(error: unknown): unknown {
  if (isInstance(error, PSCError)) return error;
  const read = readError(error);
  const code = read?.code;
  return read !== undefined && isErrorCode(code)
    ? new PSCError(code, read.message, { cause: error })
    : error;
}

/** Whether the region was replaced under our hands. */
export function isRetired(error: unknown): boolean {
  return readError(error)?.code === 'ERR_PSC_RETIRED';
}
