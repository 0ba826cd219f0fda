import { Reads } from '../reads';
import { Refused } from '../refused';
import type { PSCAdapterStats, PSCChange, PSCChangeType, PSCTotalStats } from '../types';
import { type Connection, closedError } from './connection';
import { fromNative } from './errors';

type Counted = Omit<PSCTotalStats, keyof ReturnType<Reads['stats']>>;

const NOTHING: Counted = {
  entries: 0,
  bytes: 0,
  maxBytes: 0,
  capacityBytes: 0,
  evictions: 0,
  expirations: 0,
};

/** What an adapter on a region tells of it: its counts, and the changes of its scope. */
export class Watch {
  /** The adapter's reads. */
  readonly reads: Reads;
  /** The adapter's writes that were refused. */
  readonly refused = new Refused();
  private readonly stops = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly scope: string | undefined,
  ) {
    this.reads = new Reads(connection.reads);
  }

  on(type: PSCChangeType, listener: (change: PSCChange) => void): () => void {
    if (this.closed) throw closedError('adapter');
    const end = this.connection.changes.on(this.scope, type, listener);
    const stop = (): void => {
      if (this.stops.delete(stop)) end();
    };
    this.stops.add(stop);
    return stop;
  }

  stats(): PSCAdapterStats {
    const region = this.closed ? undefined : this.connection.joined?.region;
    const reads = this.reads.stats();
    const all = this.connection.reads.stats();
    const refused = this.refused.stats();
    if (region === undefined) {
      return { scope: { entries: 0, bytes: 0, ...reads }, total: { ...NOTHING, ...all }, refused };
    }
    try {
      const [entries, bytes] = region.scope(this.scope).count();
      const counted = JSON.parse(region.stats()) as Counted;
      return { scope: { entries, bytes, ...reads }, total: { ...counted, ...all }, refused };
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** Tells nobody any more. */
  close(): void {
    this.closed = true;
    for (const stop of [...this.stops]) stop();
  }
}
