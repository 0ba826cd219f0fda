import type { PSCError } from '../errors';
import { Order } from './order';
import { PendingWrites, type Write } from './pending';
import type { Replica } from './replica';
import type { State } from './state';

/** A change as the one order tells it. */
export interface Change {
  readonly type: Write['type'];
  readonly key: string;
  readonly state: State;
  readonly seq: number;
  /** The mirror that made it. */
  readonly senderID: string;
  /** It is this mirror's own. */
  readonly own: boolean;
  /** It answers one write, and tells a state rather than a change: its place is that of the change before. */
  readonly isAnswer: boolean;
  /** It may have come by the reply path: it is this mirror's own, or an answer to it. */
  readonly personal: boolean;
  /** This mirror's writes up to this number are settled; 0 for none. */
  readonly settled: number;
}

/** A whole state of the scope. */
export interface Whole {
  readonly seq: number;
  readonly content: Map<string, State>;
  /** This mirror's writes up to this number are settled; 0 for none. */
  readonly settled: number;
  /** Writes up to this number were sent before the question, so those that are not settled never will be; 0 for none. */
  readonly answersUpTo: number;
  /** Whether no other state is on its way. */
  readonly isLast: boolean;
  /** What to tell their callers; undefined if they count as settled. */
  readonly lost: PSCError | undefined;
}

/** What tells changes at one place apart. */
function markOf({ type, senderID, key }: Pick<Change, 'type' | 'senderID' | 'key'>): string {
  return `${type} ${senderID} ${key}`;
}

/** Changes remembered, to tell an event that came twice from one of another order. */
const MAX_SEEN = 256;

/**
 * What the mirror holds, and what it owes to whom: brings the one order, its own pending writes and the replica
 * together.
 */
export class Ledger {
  readonly order = new Order();
  readonly pending = new PendingWrites();
  readonly #replica: Replica;
  /**
   * Keys of which it is unclear whether the own write or a foreign one was later, and the position up to which a state has to
   * reach to tell.
   */
  readonly #doubts = new Map<string, number>();
  /** By position. Another order has the same positions, but other changes at them. */
  readonly #seen = new Map<number, string>();

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** Whether only a whole state can tell what some keys hold. */
  get inDoubt(): boolean {
    return this.#doubts.size > 0;
  }

  /** A write was made here: others' changes spare its key until it is settled. */
  write(write: Write): Promise<unknown> | undefined {
    // The storage first: if it throws, nothing has happened.
    const done = this.#store(write);
    this.pending.add(write);
    return done;
  }

  #store({ type, key, entry }: Write): Promise<unknown> | undefined {
    if (type === 'clear') return this.#replica.clear();
    return entry === undefined ? this.#replica.remove(key) : this.#replica.set(key, entry);
  }

  /**
   * Whether a change can only be in another order: an own one at a place that was known before it was made, or one at
   * a place where another was seen.
   */
  contradicts({ seq, own, settled, isAnswer, ...change }: Change): boolean {
    if (isAnswer) return false;
    if (own && (this.pending.get(settled)?.reach ?? -1) >= seq) return true;
    return (this.#seen.get(seq) ?? markOf(change)) !== markOf(change);
  }

  /**
   * Takes a change; what it settles is for {@link Ledger.settle}. Returns false for one that belongs to another order than the one followed:
   * it is older than what is known, and did not come before.
   */
  change(change: Change): boolean {
    const { seq, personal } = change;
    const news = this.order.isNews(change.type === 'clear' ? undefined : change.key, seq);
    const strange = !news && !personal && !this.#seen.has(seq);
    if (!change.isAnswer) this.#see(seq, markOf(change));
    if (change.type === 'clear') {
      if (news) this.#clear(change);
    } else {
      this.#changeKey(change, news);
    }
    return !strange;
  }

  #changeKey(change: Change, news: boolean): void {
    const { type, key, state, seq, own, personal, settled } = change;
    const doubtful = !personal && this.order.isDoubtful(seq);
    if (news) {
      this.order.note(key, seq, state, !personal);
      this.#doubts.delete(key);
    }
    if (this.pending.spares(key)) {
      // What is no news by broadcast may be so to the pending write, if the reply path is the slower one.
      if (news || personal) this.pending.hear(key, seq, type, state, own ? settled : 0);
    } else if (news) {
      this.#replica.apply(key, state);
    }
    if (doubtful) this.#doubts.set(key, seq);
  }

  #clear({ seq, own, personal, settled }: Change): void {
    const later = this.order.noteClear(seq, !personal);
    this.#forgetDoubts(seq);
    this.pending.hearClear(seq, own ? settled : 0);
    if (!this.pending.sparesAll) this.#replace(later);
  }

  /** Writes up to a number are settled, each at or before this position. */
  settle(upTo: number, seq: number): void {
    const settled = this.pending.take(upTo);
    if (settled.length === 0) return;
    const heard = this.#release(seq);
    for (const { type, key, echoed } of settled) {
      // Acknowledged by what came later, but not heard of: its event was overtaken, and a later one of the key will
      // come, or a transport lost it, and only a whole state can tell.
      const isClear = type === 'clear';
      if (isClear ? !echoed : !heard.has(key) && !this.pending.spares(key))
        this.#doubts.set(key, seq);
    }
    for (const write of settled) write.finish();
  }

  /**
   * A write was rejected, and what its key holds instead has been heard (M4). Returns false if only a whole state can
   * tell what that is.
   */
  refuse(write: Write, error: PSCError): boolean {
    this.pending.drop(write);
    if (write.type !== 'clear') {
      const latest = this.pending.latest(write.key);
      if (latest !== undefined) this.#replica.apply(write.key, latest.entry);
    }
    this.#release(0);
    write.finish(error);
    return write.type !== 'clear';
  }

  /** A write was rejected, and nothing was heard of what its key holds instead: only a whole state can tell. */
  refuseInDoubt(write: Write, error: PSCError): void {
    this.#doubts.set(write.key, this.order.reach);
    this.refuse(write, error);
  }

  /** Takes a whole state: it replaces everything but what is pending (M5). */
  adopt({ seq, content, settled, answersUpTo, isLast, lost }: Whole): void {
    this.order.adopt(seq, content, isLast);
    this.pending.hearAll(seq, content);
    this.#forgetDoubts(seq);
    const taken = this.pending.take(settled);
    const unanswered = this.pending.take(answersUpTo);
    this.#replace(content);
    // What was heard of released keys is in the content.
    this.pending.release(0);
    for (const write of taken) write.finish();
    for (const write of unanswered) write.finish(lost);
  }

  /** The order has begun anew: nothing that is known of it counts. */
  restart(): void {
    this.order.restart();
    // Positions of another order.
    for (const key of this.#doubts.keys()) this.#doubts.set(key, 0);
    this.pending.forgetHeard();
    this.#seen.clear();
  }

  /** It is known what every key had at this position. */
  #forgetDoubts(seq: number): void {
    for (const [key, upTo] of this.#doubts) if (upTo <= seq) this.#doubts.delete(key);
  }

  #replace(content: ReadonlyMap<string, State>): void {
    const kept = new Map<string, State>();
    for (const [key, state] of content) {
      if (!this.pending.spares(key)) kept.set(key, state);
    }
    for (const [key, entry] of this.pending.entries()) kept.set(key, entry);
    this.#replica.replace(kept);
  }

  /** Returns the keys of which something had been heard. */
  #release(settledBy: number): Set<string> {
    const heard = new Set<string>();
    for (const { key, hold, doubtful } of this.pending.release(settledBy)) {
      heard.add(key);
      if (hold !== undefined) this.#replica.apply(key, hold.state);
      if (doubtful) this.#doubts.set(key, settledBy);
    }
    return heard;
  }

  #see(seq: number, mark: string): void {
    this.#seen.set(seq, mark);
    if (this.#seen.size <= MAX_SEEN) return;
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
