import type { Encoding } from '../codec';
import type { MergingEntries } from '../hitSource/hitSources';
import type { Changes } from './atomic';

/** How a native adapter merges alova's bookkeeping: in one swap, nearly always before the call returns. */
export function nativeMerge(
  changes: Changes,
  encoding: Encoding,
  ttl = Number.POSITIVE_INFINITY,
): MergingEntries['merge'] {
  return async (key, merge, seen) => {
    const change = (current: unknown) => ({ value: merge.result(current, changes.has), ttl });
    // Only if it has to wait: what the process reads till then.
    const overlay = () => (seen === undefined ? null : encoding.encode(key, seen));
    await changes.make(key, change, overlay);
  };
}
