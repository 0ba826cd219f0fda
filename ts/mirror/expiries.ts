import { isOver } from './state';

/** So many ends may be remembered that do not hold any more, whatever the number of those that do. */
const FEW = 1000;

interface End {
  readonly at: number;
  readonly key: string;
}

/**
 * When the entries of a storage expire (M8), soonest first. Apart from the storage, which may be the user's, and may drop
 * entries without saying so: what was dropped leaves here when its time is over.
 */
export class Expiries {
  readonly #expiresAt = new Map<string, number>();
  /** A binary heap. An end that is not the key's any more stays until it is met, or there are too many such. */
  #ends: End[] = [];

  /** An entry was kept; undefined for one that never expires. */
  set(key: string, expiresAt: number | undefined): void {
    if (expiresAt === undefined) {
      this.delete(key);
      return;
    }
    if (this.#expiresAt.get(key) === expiresAt) return;
    this.#expiresAt.set(key, expiresAt);
    this.#push({ at: expiresAt, key });
    if (this.#ends.length > FEW + 2 * this.#expiresAt.size) this.#tidy();
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
    this.#ends = [];
  }

  /** When the next entry is over; undefined if none ever is. */
  next(): number | undefined {
    for (let [end] = this.#ends; end !== undefined; [end] = this.#ends) {
      if (this.#expiresAt.get(end.key) === end.at) return end.at;
      this.#pop();
    }
    return undefined;
  }

  /** A key that is over; undefined if none is. */
  due(now: number): string | undefined {
    const next = this.next();
    return next !== undefined && isOver(next, now) ? this.#ends[0]?.key : undefined;
  }

  #push(end: End): void {
    const ends = this.#ends;
    let at = ends.push(end) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = ends[above] as End;
      if (parent.at <= end.at) break;
      ends[at] = parent;
      at = above;
    }
    ends[at] = end;
  }

  #pop(): void {
    const ends = this.#ends;
    const end = ends.pop();
    if (end === undefined || ends.length === 0) return;
    let at = 0;
    for (let below = 1; below < ends.length; below = 2 * at + 1) {
      const [left, right] = [ends[below] as End, ends[below + 1]];
      const isRight = right !== undefined && right.at < left.at;
      const child = isRight ? right : left;
      if (child.at >= end.at) break;
      ends[at] = child;
      at = isRight ? below + 1 : below;
    }
    ends[at] = end;
  }

  #tidy(): void {
    const ends = [...this.#expiresAt].map(([key, at]) => ({ at, key }));
    // In order, and so a heap.
    this.#ends = ends.sort((a, b) => a.at - b.at);
  }
}
