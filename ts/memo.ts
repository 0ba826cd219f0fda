/** A decoded value, and how to tell whether it is still the key's. */
export interface Memoized {
  readonly value: unknown;
  /** Place of the index word. */
  readonly slot: number;
  /** The word as it was when the value was read, in two halves: the entry's version. */
  readonly low: number;
  readonly high: number;
  /** Instant on the boot-time clock, milliseconds; 0 for never. */
  readonly expiresAt: number;
  /** Estimated size. */
  readonly bytes: number;
}

/** How many values wait to be read a second time before they are worth keeping, and which part of the bound they take. */
const FRESH = 128;
const FRESH_PART = 8;

/**
 * Decoded values by key, bounded by bytes. Two generations: what is read stays or comes back into the young one; when
 * that has half the bound, the old one is dropped and the young one is the old. So a hit costs one Map lookup, and
 * nothing is moved or removed one by one.
 *
 * Values that were read only once do not get that far: to keep them all costs the garbage collector more than reading
 * them again (a fifth of the time of reading 100,000 keys in turn).
 */
export class Memo {
  private fresh = new Map<string, Memoized>();
  private young = new Map<string, Memoized>();
  private old = new Map<string, Memoized>();
  private bytes = 0;
  private freshBytes = 0;
  private readonly half: number;

  /** @param bound - Most estimated bytes of all values. */
  constructor(bound: number) {
    this.half = bound / 2;
  }

  /** What is remembered of a key, whether or not it is still so. */
  get(key: string): Memoized | undefined {
    return this.young.get(key) ?? this.comeBack(key);
  }

  /** Remembers a value; for long only if it was `wanted` before. One that takes half the bound alone is not kept. */
  set(key: string, memoized: Memoized, wanted: boolean): void {
    if (memoized.bytes > this.half) {
      this.delete(key);
    } else if (wanted) {
      this.keep(key, memoized);
    } else {
      this.freshBytes += memoized.bytes;
      if (this.fresh.size >= FRESH || this.freshBytes > this.half / FRESH_PART) {
        this.fresh = new Map();
        this.freshBytes = memoized.bytes;
      }
      this.fresh.set(key, memoized);
    }
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.bytes -= this.young.get(key)?.bytes ?? 0;
    this.young.delete(key);
    this.old.delete(key);
    this.fresh.delete(key);
  }

  /** Forgets all. */
  clear(): void {
    this.fresh = new Map();
    this.young = new Map();
    this.old = new Map();
    this.bytes = 0;
    this.freshBytes = 0;
  }

  private comeBack(key: string): Memoized | undefined {
    const memoized = this.old.get(key) ?? this.fresh.get(key);
    if (memoized !== undefined) this.keep(key, memoized);
    return memoized;
  }

  private keep(key: string, memoized: Memoized): void {
    this.bytes += memoized.bytes - (this.young.get(key)?.bytes ?? 0);
    if (this.bytes > this.half) {
      this.old = this.young;
      this.young = new Map();
      this.bytes = memoized.bytes;
    }
    this.young.set(key, memoized);
  }
}
