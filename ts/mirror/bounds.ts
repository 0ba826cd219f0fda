import { PSCError } from '../errors';
import type { PendingWrites } from './pending';

/** Most writes that wait to be settled (M6). */
export const MAX_PENDING_WRITES = 10_000;
/** Most characters of their keys and encoded values together (M6). */
export const MAX_PENDING_SIZE = 64 * 1024 * 1024;

/** Throws `ERR_PSC_QUEUE_FULL` if a write of so many characters is one too many. */
export function checkRoom(pending: PendingWrites, size: number): void {
  if (pending.count < MAX_PENDING_WRITES && pending.size + size <= MAX_PENDING_SIZE) return;
  const message =
    `${pending.count} writes of ${pending.size} characters wait for the synchronizer, and at most ` +
    `${MAX_PENDING_WRITES} of ${MAX_PENDING_SIZE} may. Await the promises of earlier writes, and see that a ` +
    'synchronizer is running.';
  throw new PSCError('ERR_PSC_QUEUE_FULL', message);
}
