import type { PSCReadStats } from './types';

/** Counts reads, with what they are a part of. Nothing but additions: the fastest read costs some ten nanoseconds. */
export class Reads {
  hits = 0;
  misses = 0;
  memoHits = 0;
  private readonly all: Reads | undefined;

  /** @param all - Counts what is counted here, too. */
  constructor(all?: Reads) {
    this.all = all;
  }

  /** A value was remembered. */
  memoHit(): void {
    this.memoHits += 1;
    if (this.all !== undefined) this.all.memoHits += 1;
  }

  /** A value was looked for further away, and found or not. */
  looked(found: boolean): void {
    if (found) this.hits += 1;
    else this.misses += 1;
    this.all?.looked(found);
  }

  /** The counts. `decoded`: so many of the values that were remembered had to be decoded all the same. */
  stats(decoded = 0): PSCReadStats {
    const hits = this.hits + this.memoHits;
    const memoHits = this.memoHits - decoded;
    return { hits, misses: this.misses, memoHits, memoHitRate: hits === 0 ? 0 : memoHits / hits };
  }
}
