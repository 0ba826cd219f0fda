import type { StorageAdapter } from '../types';
import { EncodedValue } from './encodedValue';
import { type Occupant, Room } from './room';
import { weigh } from './weight';

const ENTRY_BYTES = 96;
const CHAR_BYTES = 2;

/** What is held of a key. */
interface Held {
  value: unknown;
  readonly bytes: number;
  /** On the clock of whoever set it; undefined for never. Nothing here looks at it. */
  readonly expiresAt: number | undefined;
  /** Read since it was last passed over. */
  read: boolean;
}

/**
 * The storage of a mirror that was given none (M8): bounded by entries and by estimated bytes. What was neither set
 * nor read lately leaves first (second chance); a value larger than the whole bound is not kept.
 */
export class BoundedStorage implements StorageAdapter, Occupant {
  readonly #entries = new Map<string, Held>();
  readonly #room: Room;
  #bytes = 0;
  #evictions = 0;
  #decoded = 0;

  /** @param room - What it may hold, alone or with others; or just the bytes. @default 64 MiB and 100,000 entries */
  constructor(room: Room | number | undefined = undefined) {
    this.#room = room instanceof Room ? room : new Room(room);
  }

  /** Estimated bytes of what is held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Most estimated bytes of it and of those that share its room. */
  get maxBytes(): number {
    return this.#room.maxBytes;
  }

  /** How many entries have left for room. */
  get evictions(): number {
    return this.#evictions;
  }

  /** How many reads had to decode what they found. */
  get decoded(): number {
    return this.#decoded;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#entries.size;
  }

  set(key: string, value: unknown, expiresAt?: number): void {
    this.remove(key);
    const bytes = ENTRY_BYTES + key.length * CHAR_BYTES + weigh(value);
    if (bytes > this.#room.maxBytes) return;
    this.#room.make(this, bytes);
    this.#entries.set(key, { value, bytes, expiresAt, read: false });
    this.#bytes += bytes;
  }

  get<T>(key: string): T | undefined {
    const held = this.#entries.get(key);
    if (held === undefined) return undefined;
    held.read = true;
    return held.value as T;
  }

  /**
   * As `get`, of a value that came as text: decoded, and kept so. Undefined, too, if it is over, which `now` is asked for
   * only where there is an end.
   */
  read(key: string, now: () => number): unknown {
    const held = this.#entries.get(key);
    if (held === undefined) return undefined;
    if (held.expiresAt !== undefined && now() >= held.expiresAt) return undefined;
    held.read = true;
    if (held.value instanceof EncodedValue) {
      held.value = held.value.value;
      this.#decoded += 1;
    }
    return held.value;
  }

  remove(key: string): void {
    const held = this.#entries.get(key);
    if (held === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= held.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#room.leave(this);
  }

  drop(): void {
    // Each entry is passed over at most once, so this ends.
    for (const [key, held] of this.#entries) {
      this.#entries.delete(key);
      if (held.read) {
        held.read = false;
        this.#entries.set(key, held);
      } else {
        this.#bytes -= held.bytes;
        this.#evictions += 1;
        return;
      }
    }
  }
}
