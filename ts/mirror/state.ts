/** A value as a mirror keeps it. */
export interface Entry {
  readonly value: unknown;
  /** On the mirror's clock; undefined for never. */
  readonly expiresAt: number | undefined;
}

/** What a key holds: an entry, or nothing. */
export type State = Entry | undefined;

/** Whether an entry's time is over. */
export function isOver(expiresAt: number | undefined, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}
