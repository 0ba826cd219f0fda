import { isOver } from './state';

/** Below this many, expiries are not worth sweeping. */
const MIN_SWEEP = 1000;

/**
 * When the entries of a storage expire (M8). Apart from the storage, which may be the user's, and may drop entries
 * without saying so: what was dropped is swept from here when its time is over.
 */
export class Expiries {
  readonly #expiresAt = new Map<string, number>();
  #sweepAt = MIN_SWEEP;

  /** An entry was kept; undefined for one that never expires. */
  set(key: string, expiresAt: number | undefined): void {
    if (expiresAt === undefined) this.#expiresAt.delete(key);
    else this.#expiresAt.set(key, expiresAt);
  }

  /** Whether the time of a key's entry is over. */
  isOver(key: string, now: () => number): boolean {
    if (this.#expiresAt.size === 0) return false;
    const expiresAt = this.#expiresAt.get(key);
    return expiresAt !== undefined && isOver(expiresAt, now());
  }

  /** An entry is gone. */
  delete(key: string): void {
    this.#expiresAt.delete(key);
  }

  /** All entries are gone. */
  clear(): void {
    this.#expiresAt.clear();
  }

  /**
   * The keys that are over and that nobody asked for. Looks for them only when as many were added as there are, so
   * that each costs little.
   */
  sweep(now: () => number): string[] {
    if (this.#expiresAt.size < this.#sweepAt) return [];
    const instant = now();
    const over = [...this.#expiresAt].filter(([, expiresAt]) => isOver(expiresAt, instant));
    this.#sweepAt = Math.max(MIN_SWEEP, (this.#expiresAt.size - over.length) * 2);
    return over.map(([key]) => key);
  }
}
