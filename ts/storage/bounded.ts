import type { StorageAdapter } from '../types';
import { weigh } from './weight';

/** Bound of a mirror's own storage, in estimated bytes, where none is given. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Most entries, whatever their size. */
export const DEFAULT_MAX_ENTRIES = 100_000;

const ENTRY_BYTES = 96;
const CHAR_BYTES = 2;

interface Entry {
  value: unknown;
  bytes: number;
  /** Read since it was last passed over. */
  read: boolean;
}

/**
 * The storage of a mirror that was given none (M8): bounded by entries and by estimated bytes. What was neither set
 * nor read lately leaves first (second chance); a value larger than the whole bound is not kept.
 */
export class BoundedStorage implements StorageAdapter {
  readonly #entries = new Map<string, Entry>();
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

  set(key: string, value: unknown): void {
    this.remove(key);
    const bytes = ENTRY_BYTES + key.length * CHAR_BYTES + weigh(value);
    if (bytes > this.#maxBytes) return;
    this.#makeRoom(bytes);
    this.#entries.set(key, { value, bytes, read: false });
    this.#bytes += bytes;
  }

  get<T>(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.read = true;
    return entry.value as T;
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #makeRoom(bytes: number): void {
    // Each entry is passed over at most once per lap, so this ends after two.
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size < this.#maxEntries && this.#bytes + bytes <= this.#maxBytes) return;
      this.#entries.delete(key);
      if (entry.read) {
        entry.read = false;
        this.#entries.set(key, entry);
      } else {
        this.#bytes -= entry.bytes;
      }
    }
  }
}
