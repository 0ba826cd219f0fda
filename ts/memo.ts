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
 * A bound of bytes that several memos may share: those of an adapter whose scope differs from call to call have as much
 * together as one has alone.
 */
export class MemoBound {
  private readonly half: number;
  private readonly inUse = new Set<Memo>();
  private bytes = 0;
  private freshBytes = 0;
  private freshCount = 0;

  /** @param bound - Most estimated bytes of all values. */
  constructor(bound: number) {
    this.half = bound / 2;
  }

  /** Whether a value may be kept at all. */
  admits(bytes: number): boolean {
    return bytes <= this.half;
  }

  /** Whether so much more may be young. */
  hasRoom(bytes: number): boolean {
    return this.bytes + bytes <= this.half;
  }

  /** What is young in any memo is old from now on. */
  turn(): void {
    for (const memo of this.inUse) {
      if (!memo.turn()) this.inUse.delete(memo);
    }
    this.bytes = 0;
  }

  /** A memo holds so much more in its young generation. */
  add(memo: Memo, bytes: number): void {
    this.inUse.add(memo);
    this.bytes += bytes;
  }

  /** As {@link MemoBound.add}, of one that nobody has read before. */
  addFresh(memo: Memo, bytes: number): void {
    this.inUse.add(memo);
    this.freshBytes += bytes;
    this.freshCount += 1;
    if (this.freshCount <= FRESH && this.freshBytes <= this.half / FRESH_PART) return;
    for (const each of this.inUse) each.turnFresh();
    this.freshBytes = bytes;
    this.freshCount = 1;
  }

  /** A memo holds so much less in its young generation. */
  subtract(bytes: number): void {
    this.bytes -= bytes;
  }

  /** A memo holds nothing any more. */
  leave(memo: Memo): void {
    this.inUse.delete(memo);
    if (this.inUse.size > 0) return;
    this.freshBytes = 0;
    this.freshCount = 0;
  }
}

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
  /** Of what is young. */
  private bytes = 0;

  /** @param bound - What it may hold, alone or with others. */
  constructor(private readonly bound: MemoBound) {}

  /** What is remembered of a key, whether or not it is still so. */
  get(key: string): Memoized | undefined {
    return this.young.get(key) ?? this.comeBack(key);
  }

  /** Remembers a value; for long only if it was `wanted` before. One that takes half the bound alone is not kept. */
  set(key: string, memoized: Memoized, wanted: boolean): void {
    if (!this.bound.admits(memoized.bytes)) {
      this.delete(key);
    } else if (wanted) {
      this.keep(key, memoized);
    } else {
      this.bound.addFresh(this, memoized.bytes);
      this.fresh.set(key, memoized);
    }
  }

  /** Forgets a key. */
  delete(key: string): void {
    const bytes = this.young.get(key)?.bytes ?? 0;
    this.bytes -= bytes;
    this.bound.subtract(bytes);
    this.young.delete(key);
    this.old.delete(key);
    this.fresh.delete(key);
  }

  /** Forgets all. */
  clear(): void {
    this.bound.subtract(this.bytes);
    this.bound.leave(this);
    this.fresh = new Map();
    this.young = new Map();
    this.old = new Map();
    this.bytes = 0;
  }

  /** What is young is old from now on, and what was old is dropped. Returns whether anything is left. */
  turn(): boolean {
    this.old = this.young;
    this.young = new Map();
    this.bytes = 0;
    return this.old.size + this.fresh.size > 0;
  }

  /** Drops what nobody has read a second time. */
  turnFresh(): void {
    if (this.fresh.size > 0) this.fresh = new Map();
  }

  private comeBack(key: string): Memoized | undefined {
    const memoized = this.old.get(key) ?? this.fresh.get(key);
    if (memoized !== undefined) this.keep(key, memoized);
    return memoized;
  }

  private keep(key: string, memoized: Memoized): void {
    let more = memoized.bytes - (this.young.get(key)?.bytes ?? 0);
    if (!this.bound.hasRoom(more)) {
      this.bound.turn();
      more = memoized.bytes;
    }
    this.bound.add(this, more);
    this.bytes += more;
    this.young.set(key, memoized);
  }
}
