import type { NativeSynchronizer } from '../native';
import { warn } from '../warnings';

/** What a synchronizer found in its persisted file. */
interface Recovered {
  /** Entries taken over from a file that nobody used. */
  readonly entries: number;
  /** Bytes of its log in which no whole record was. */
  readonly damagedBytes: number;
  /** Where the file was moved to, because it cannot be read. */
  readonly setAside: string | null;
  /** Why it cannot. */
  readonly reason: string | null;
}

/** Says what a persisted cache has lost, if it has. */
export function warnOfDamage(path: string, synchronizer: NativeSynchronizer): void {
  const { entries, damagedBytes, setAside, reason }: Recovered = JSON.parse(
    synchronizer.recovered() ?? '{}',
  );
  if (setAside) {
    warn(
      'PSC_SET_ASIDE',
      `${path} cannot be read: ${reason}. It was moved to ${setAside}, and the cache begins empty. Remove that file when ` +
        'nobody needs it.',
    );
  } else if (damagedBytes > 0) {
    warn(
      'PSC_DAMAGED',
      `${path} was damaged: ${damagedBytes} bytes of its log hold nothing that can be believed. ${entries} entries were ` +
        'whole and are there.',
    );
  }
}
