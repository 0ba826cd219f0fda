import type { SharedCacheEvent } from '../types';

/** The most writers of whose writes the sessions are remembered. */
const MAX_WRITERS = 1000;
/** The most writes of one writer that are remembered while nobody has settled them. */
const MAX_WRITES = 10_000;

type Writes = Map<number, string>;

/**
 * In which session each write was made, from when it arrives at the synchronizer until a later change of the same writer
 * is told: the store in between does not carry it.
 */
export class WriteSessions {
  private readonly writers = new Map<string, Writes>();

  /** A write arrived. */
  remember({ senderID, write, session }: SharedCacheEvent): void {
    if (typeof session !== 'string' || typeof write !== 'number') return;
    const writes: Writes = this.writers.get(senderID) ?? new Map();
    this.writers.set(senderID, writes.set(write, session));
    dropOldest(writes, MAX_WRITES);
    dropOldest(this.writers, MAX_WRITERS);
  }

  /** A change is told, maybe more than once: the session of the write that it settles. Earlier writes are forgotten. */
  take({ senderID, ack }: SharedCacheEvent): string | undefined {
    const writes = this.writers.get(senderID);
    if (writes === undefined || ack === undefined || !Object.hasOwn(ack, senderID))
      return undefined;
    const settled = ack[senderID] as number;
    for (const write of writes.keys()) {
      if (write >= settled) break;
      writes.delete(write);
    }
    return writes.get(settled);
  }
}

function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  if (map.size > most) map.delete(map.keys().next().value as K);
}
