/** Bound of a mirror's own storage, in estimated bytes, where none is given. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Most entries, whatever their size. */
export const DEFAULT_MAX_ENTRIES = 100_000;

/** Who takes up room, and can do with less. */
export interface Occupant {
  /** Estimated bytes of what it holds. */
  readonly bytes: number;
  /** How many entries it holds. */
  readonly size: number;
  /** Drops the entry that it can best do without. */
  drop(): void;
}

/** The room that several storages have together. When it is full, the one that takes most gives way. */
export class Room {
  readonly #occupants = new Set<Occupant>();

  /**
   * @param maxBytes - Bound in estimated bytes. @default 64 MiB
   * @param maxEntries - Most entries. @default 100,000
   */
  constructor(
    readonly maxBytes = DEFAULT_MAX_BYTES,
    readonly maxEntries = DEFAULT_MAX_ENTRIES,
  ) {}

  /** Makes room for one more entry of so many bytes, which the occupant is about to hold. */
  make(occupant: Occupant, bytes: number): void {
    this.#occupants.add(occupant);
    let [heldBytes, held] = [0, 0];
    for (const each of this.#occupants) {
      heldBytes += each.bytes;
      held += each.size;
    }
    while (held >= this.maxEntries || heldBytes + bytes > this.maxBytes) {
      const largest = this.#largest();
      if (largest === undefined) return;
      heldBytes -= largest.bytes;
      largest.drop();
      heldBytes += largest.bytes;
      held -= 1;
    }
  }

  /** The occupant holds nothing, and may be forgotten. */
  leave(occupant: Occupant): void {
    this.#occupants.delete(occupant);
  }

  #largest(): Occupant | undefined {
    let largest: Occupant | undefined;
    for (const each of this.#occupants) {
      if (each.size > 0 && each.bytes > (largest?.bytes ?? -1)) largest = each;
    }
    return largest;
  }
}
