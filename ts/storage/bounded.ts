import type { StorageAdapter } from '../types';
import { EncodedValue } from './encodedValue';
import { weigh } from './weight';

/** Bound of a mirror's own storage, in estimated bytes, where none is given. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Most entries, whatever their size. */
export const DEFAULT_MAX_ENTRIES = 100_000;

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
export class BoundedStorage implements StorageAdapter {
  readonly #entries = new Map<string, Held>();
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  #bytes = 0;

  /**
   * @param maxBytes - Bound in estimated bytes. @default 64 MiB
   * @param maxEntries - Most entries. @default 100,000
   */
  constructor(maxBytes = DEFAULT_MAX_BYTES, maxEntries = DEFAULT_MAX_ENTRIES) {
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
  }

  /** Estimated bytes of what is held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#entries.size;
  }

  set(key: string, value: unknown, expiresAt?: number): void {
    this.remove(key);
    const bytes = ENTRY_BYTES + key.length * CHAR_BYTES + weigh(value);
    if (bytes > this.#maxBytes) return;
    this.#makeRoom(bytes);
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
    if (held.value instanceof EncodedValue) held.value = held.value.value;
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
  }

  #makeRoom(bytes: number): void {
    // Each entry is passed over at most once per lap, so this ends after two.
    for (const [key, held] of this.#entries) {
      if (this.#entries.size < this.#maxEntries && this.#bytes + bytes <= this.#maxBytes) return;
      this.#entries.delete(key);
      if (held.read) {
        held.read = false;
        this.#entries.set(key, held);
      } else {
        this.#bytes -= held.bytes;
      }
    }
  }
}
