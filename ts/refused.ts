import { readError } from './foreign';
import { warnOnce } from './warnings';

/** Writes of an adapter that were refused, by code: alova ignores what `set` rejects with, so nobody else hears of them. */
export class Refused {
  private readonly counts = new Map<string, number>();

  /** Counts what a write was rejected with, and warns of the first with its code. */
  count(error: unknown): void {
    const { code, message = '' } = readError(error) ?? {};
    // Whoever closes an adapter knows.
    if (code === undefined || code === 'ERR_PSC_CLOSED') return;
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    warnOnce(
      'PSC_WRITE_REFUSED',
      code,
      `A value is not cached (${code}): ${message} Further ones are only counted, in \`stats().refused\`.`,
    );
  }

  /** How many there were, by code. */
  stats(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}
