import type { Reads } from '../reads';
import type { Refused } from '../refused';
import type { BoundedStorage } from '../storage/bounded';
import type { PSCAdapterStats } from '../types';
import type { Mirror } from './mirror';

/** The counts of a mirror: those of its copy. `own`: where it is, unless in a storage of the user's. */
export function mirrorStats(
  { expirations }: Mirror,
  own: BoundedStorage | undefined,
  reads: Reads,
  refused: Refused,
): PSCAdapterStats {
  const counted = reads.stats(own?.decoded);
  const held = { entries: own?.size, bytes: own?.bytes };
  const bounds = { maxBytes: own?.maxBytes, capacityBytes: own?.maxBytes };
  const evictions = own?.evictions ?? 0;
  return {
    scope: { ...held, ...counted },
    total: { ...held, ...bounds, evictions, expirations, ...counted },
    refused: refused.stats(),
  };
}
