import type { PSCStorageAdapter } from '../types';
import { isHitSource, Merge, namesIn, REGEXPS } from './merge';

/** Of so many keys is remembered whom they were given to. */
const MAX_KEYS = 1000;
/** And to so many of each. */
const MAX_READERS = 16;

/** What {@link HitSources} needs of an adapter. */
export interface MergingEntries extends Pick<PSCStorageAdapter, 'get' | 'set' | 'remove'> {
  /** As `get`, but a copy that nobody else has. */
  read(key: string): unknown;
  /**
   * Has a merge take the place of what a key has, atomically.
   *
   * @param seen - What this process reads until that is settled; undefined for a miss.
   */
  merge(key: string, merge: Merge, seen: unknown): Promise<void>;
}

/**
 * alova's bookkeeping of automatic invalidation, kept right while several processes change it: writing merges instead of
 * overwriting. Each reader gets an object of its own, and what it has read of it is remembered, because alova changes it
 * in place.
 */
class HitSources {
  private readonly entries: MergingEntries;
  /** The names that an object had when it was given out, or was written last. */
  private readonly bases = new WeakMap<object, ReadonlySet<string>>();
  private readonly readers = new Map<string, WeakRef<object>[]>();
  /** What was read last of the list of all regexps. */
  private listed: ReadonlySet<string> = new Set();

  constructor(entries: MergingEntries) {
    this.entries = entries;
  }

  get(key: string): unknown {
    const value = this.entries.read(key);
    if (value instanceof Promise) return value.then((read) => this.note(key, read));
    return this.note(key, value);
  }

  set(key: string, value: unknown): Promise<void> {
    const mine = namesIn(key, value);
    // Something of somebody else's that happens to have such a key.
    if (mine === undefined) return this.entries.set(key, value);
    const base = this.bases.get(value as object);
    this.bases.set(value as object, new Set(mine.keys()));
    return this.entries.merge(key, new Merge(key, base ?? this.baseOf(value, mine), mine), value);
  }

  remove(key: string): Promise<void> {
    const deleted = this.deletedBy(key);
    if (deleted === undefined) return this.entries.remove(key);
    return this.entries.merge(key, new Merge(key, deleted, undefined), undefined);
  }

  /** What was not read here was made because there was nothing, except for a list that has left some of one out. */
  private baseOf(
    value: unknown,
    mine: ReadonlyMap<string, unknown>,
  ): ReadonlySet<string> | undefined {
    const isPart = Array.isArray(value) && [...mine.keys()].every((name) => this.listed.has(name));
    return isPart ? undefined : new Set();
  }

  private note(key: string, value: unknown): unknown {
    const names = namesIn(key, value);
    if (key === REGEXPS) this.listed = new Set(names?.keys());
    if (names === undefined) return value;
    this.bases.set(value as object, new Set(names.keys()));
    const readers = this.readers.get(key) ?? [];
    this.readers.delete(key);
    this.readers.set(key, [...readers.slice(1 - MAX_READERS), new WeakRef(value as object)]);
    const [oldest] = this.readers.keys();
    if (this.readers.size > MAX_KEYS && oldest !== undefined) this.readers.delete(oldest);
    return value;
  }

  /**
   * alova removes a key when it has deleted every name in the object that it had read. Which object that was, its being
   * empty tells. Undefined if there is none: then somebody removes the key, whatever it has.
   */
  private deletedBy(key: string): ReadonlySet<string> | undefined {
    const deleted = new Set<string>();
    const left: WeakRef<object>[] = [];
    for (const reader of this.readers.get(key) ?? []) {
      const value = reader.deref();
      if (value === undefined) continue;
      const isEmptied = Object.keys(value).length === 0;
      if (isEmptied) for (const name of this.bases.get(value) ?? []) deleted.add(name);
      else left.push(reader);
    }
    if (left.length > 0) this.readers.set(key, left);
    else this.readers.delete(key);
    return deleted.size > 0 ? deleted : undefined;
  }
}

/** `get`, `set` and `remove` of an adapter, which merge what is alova's bookkeeping, and do the rest as before. */
export function mergingHitSources(
  entries: MergingEntries,
): Pick<PSCStorageAdapter, 'get' | 'set' | 'remove'> {
  const sources = new HitSources(entries);
  const { get, set, remove } = entries;
  return {
    get: <T>(key: string) => (isHitSource(key) ? (sources.get(key) as T | undefined) : get<T>(key)),
    set: (key, value) => (isHitSource(key) ? sources.set(key, value) : set(key, value)),
    remove: (key) => (isHitSource(key) ? sources.remove(key) : remove(key)),
  };
}
