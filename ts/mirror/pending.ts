import type { PSCError } from '../errors';
import type { SharedCacheEvent } from '../types';
import type { Entry, State } from './state';

/** A write that is not settled. */
export interface Write {
  readonly number: number;
  readonly type: 'set' | 'remove' | 'clear';
  readonly key: string;
  /** What a `set` set. */
  readonly entry: State;
  readonly event: SharedCacheEvent;
  /** Length of the encoded value and of the key. */
  readonly size: number;
  /** When it was made, on the mirror's clock. */
  readonly madeAt: number;
  /** How far the order was known when it was made: its own place is behind that. */
  readonly reach: number;
  /** Whether the transport took it. */
  sent: boolean;
  /** Whether a clear came back in the order. Of other writes, what was heard of their key tells. */
  echoed: boolean;
  /** Settles the caller's promise; only the first call counts. */
  readonly finish: (error?: PSCError) => void;
}

/** What the one order says of a key while its own writes are pending. */
interface Heard {
  readonly seq: number;
  /** `'mine'`: the key holds what this mirror's latest write made of it. */
  readonly state: State | 'mine';
}

/** A key that is no longer pending, and what it is to hold now. */
export interface Released {
  readonly key: string;
  /** Undefined: stays as it is. */
  readonly hold?: { readonly state: State };
  /** Nobody can tell from what was heard whether the key's own write came before or after it. */
  readonly doubtful: boolean;
}

function last<T>(list: readonly T[] | undefined): T | undefined {
  return list?.[list.length - 1];
}

/**
 * The writes of a mirror that are not settled, and what was heard meanwhile of the keys they concern (M3).
 *
 * A key is spared from foreign changes as long as any of its writes is pending, so this is a count (a list, rather),
 * never a flag; a pending clear makes every key pending.
 */
export class PendingWrites {
  readonly #writes = new Map<number, Write>();
  readonly #byKey = new Map<string, Write[]>();
  readonly #clears: Write[] = [];
  readonly #heard = new Map<string, Heard>();
  #size = 0;

  /** How many writes are pending. */
  get count(): number {
    return this.#writes.size;
  }

  /** Length of their keys and values together. */
  get size(): number {
    return this.#size;
  }

  /** All, oldest first. */
  all(): IterableIterator<Write> {
    return this.#writes.values();
  }

  /** The write with this number. */
  get(number: number): Write | undefined {
    return this.#writes.get(number);
  }

  /** The oldest write of this kind. */
  match(type: Write['type'], key: string): Write | undefined {
    for (const write of type === 'clear' ? this.#clears : (this.#byKey.get(key) ?? [])) {
      if (write.type === type) return write;
    }
    return undefined;
  }

  /** A write was made. */
  add(write: Write): void {
    this.#writes.set(write.number, write);
    this.#size += write.size;
    if (write.type === 'clear') {
      this.#clears.push(write);
      return;
    }
    const writes = this.#byKey.get(write.key);
    if (writes === undefined) this.#byKey.set(write.key, [write]);
    else writes.push(write);
  }

  /** Whether foreign changes have to spare the key. */
  spares(key: string): boolean {
    return this.#clears.length > 0 || this.#byKey.has(key);
  }

  /** Whether foreign changes have to spare every key. */
  get sparesAll(): boolean {
    return this.#clears.length > 0;
  }

  /** The latest pending write that concerns the key: its own, or a later clear. */
  latest(key: string): Write | undefined {
    const own = last(this.#byKey.get(key));
    const clear = last(this.#clears);
    return own !== undefined && own.number > (clear?.number ?? 0) ? own : clear;
  }

  /** The entries that pending writes have set, by key. */
  entries(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const key of this.#byKey.keys()) {
      const entry = this.latest(key)?.entry;
      if (entry !== undefined) entries.set(key, entry);
    }
    return entries;
  }

  /**
   * The order says what a spared key holds as of `seq`. `ownUpTo`: the change is this mirror's own, and its writes
   * up to this number are settled.
   */
  hear(key: string, seq: number, type: Write['type'], state: State, ownUpTo = 0): void {
    if ((this.#heard.get(key)?.seq ?? -1) > seq) return;
    const latest = this.latest(key);
    const mine = latest !== undefined && latest.number <= ownUpTo && latest.type === type;
    this.#heard.set(key, { seq, state: mine ? 'mine' : state });
  }

  /** The order says that the scope was cleared as of `seq`. `ownUpTo`: as for {@link PendingWrites.hear}. */
  hearClear(seq: number, ownUpTo = 0): void {
    for (const clear of this.#clears) clear.echoed ||= clear.number <= ownUpTo;
    for (const [key, heard] of this.#heard) {
      if (heard.seq <= seq) this.#heard.delete(key);
    }
    for (const key of this.#byKey.keys()) {
      if (!this.#heard.has(key)) this.#heard.set(key, { seq, state: undefined });
    }
  }

  /** The order says what every key holds as of `seq`: this, and nothing else. */
  hearAll(seq: number, content: ReadonlyMap<string, State>): void {
    this.hearClear(seq);
    const keys = this.sparesAll ? content.keys() : this.#byKey.keys();
    for (const key of [...keys]) this.hear(key, seq, 'remove', content.get(key));
  }

  /** What was heard was said by an order that counts no more. */
  forgetHeard(): void {
    this.#heard.clear();
  }

  /** Takes out the writes up to a number, oldest first. */
  take(upTo: number): Write[] {
    const taken: Write[] = [];
    for (const write of this.#writes.values()) {
      if (write.number > upTo) break;
      taken.push(write);
    }
    for (const write of taken) this.drop(write);
    return taken;
  }

  /** Takes out one write. */
  drop(write: Write): void {
    this.#writes.delete(write.number);
    this.#size -= write.size;
    const writes = write.type === 'clear' ? this.#clears : this.#byKey.get(write.key);
    writes?.splice(writes.indexOf(write), 1);
    if (write.type !== 'clear' && writes?.length === 0) this.#byKey.delete(write.key);
  }

  /**
   * What was heard of keys that are pending no more, and what they are to hold. `settledBy`: all that was taken out
   * has its place at or before this position, so what was heard earlier may be older than the own write.
   */
  release(settledBy: number): Released[] {
    if (this.sparesAll) return [];
    const released: Released[] = [];
    for (const [key, { seq, state }] of this.#heard) {
      if (this.#byKey.has(key)) continue;
      this.#heard.delete(key);
      const doubtful = state !== 'mine' && seq < settledBy;
      const hold = state === 'mine' || doubtful ? undefined : { state };
      released.push({ key, doubtful, ...(hold && { hold }) });
    }
    return released;
  }
}
