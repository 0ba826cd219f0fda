// alova's bookkeeping of automatic invalidation lies in the cache itself: `hss.<source>` and `hsr.<regexp>` hold objects
// whose names are the keys of the entries that depend on the source, `$$hsrs` the list of all regexps. alova reads such a
// value, changes it in place and writes it back, so two processes that do so would lose each other's changes.

/** The key of the list. */
export const REGEXPS = '$$hsrs';
const LETTER_H = 104;
const DOLLAR = 36;

/** Whether a key is one of this bookkeeping. Asked for every read and write. */
export function isHitSource(key: unknown): key is string {
  if (typeof key !== 'string') return false;
  const first = key.charCodeAt(0);
  if (first === LETTER_H) return key.startsWith('hss.') || key.startsWith('hsr.');
  return first === DOLLAR && key === REGEXPS;
}

/** The names in a value of this bookkeeping, with what they have; undefined if it is none. */
export function namesIn(key: string, value: unknown): Map<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (key === REGEXPS) {
    const isList = Array.isArray(value) && value.every((name) => typeof name === 'string');
    return isList ? new Map(value.map((name) => [name, name])) : undefined;
  }
  return Array.isArray(value) ? undefined : new Map(Object.entries(value));
}

/**
 * What a write of such a value is to do to what is there by then: add the names that the writer has added, and delete those
 * that it has deleted, and nothing else.
 *
 * Where the two disagree, because one has deleted a name that the other still has, it counts whether the key is there that
 * the name leads to. alova sets an entry before it notes its name, and removes it before it deletes the name. So a
 * deletion is not undone, and a name whose entry was set again meanwhile is not lost.
 */
export class Merge {
  private readonly key: string;
  private readonly base: ReadonlySet<string> | undefined;
  private readonly mine: ReadonlyMap<string, unknown> | undefined;

  /**
   * @param base - The names that the writer has read; undefined if nobody knows.
   * @param mine - Those that it writes; undefined if it removes the key.
   */
  constructor(
    key: string,
    base: ReadonlySet<string> | undefined,
    mine: ReadonlyMap<string, unknown> | undefined,
  ) {
    this.key = key;
    this.base = base;
    this.mine = mine;
  }

  /** The keys of which has to be known whether they are there. */
  suspects(current: unknown): string[] {
    const suspects: string[] = [];
    this.result(current, (key) => {
      suspects.push(key);
      return true;
    });
    return suspects;
  }

  /** What is to be there instead of `current`; undefined for nothing. */
  result(current: unknown, isThere: (key: string) => boolean): unknown {
    const { base, mine = new Map<string, unknown>() } = this;
    const there = namesIn(this.key, current) ?? new Map<string, unknown>();
    const result = new Map<string, unknown>();
    for (const [name, value] of there) {
      // Deleted by the writer, or added by others since it has read.
      const isDeleted = !mine.has(name) && this.mayBeKnown(name);
      if (!isDeleted || isThere(this.target(name))) result.set(name, mine.get(name) ?? value);
    }
    for (const [name, value] of mine) {
      if (there.has(name)) continue;
      // Added by the writer, or deleted by others since it has read.
      const isNew = base === undefined ? this.key !== REGEXPS : !base.has(name);
      if (isNew || isThere(this.target(name))) result.set(name, value);
    }
    if (this.key === REGEXPS) return this.unlessEmpty([...result.keys()], result);
    return this.unlessEmpty(Object.fromEntries(result), result);
  }

  /** Of the list, alova also writes one that it has made anew, by leaving some out. */
  private mayBeKnown(name: string): boolean {
    return this.base === undefined ? this.key === REGEXPS : this.base.has(name);
  }

  private target(name: string): string {
    return this.key === REGEXPS ? `hsr.${name}` : name;
  }

  private unlessEmpty(value: unknown, { size }: ReadonlyMap<string, unknown>): unknown {
    return this.mine === undefined && size === 0 ? undefined : value;
  }
}
