import type { State } from './state';

/** A key's state at a position that is ahead of the floor. */
interface Known {
  readonly seq: number;
  readonly state: State;
}

/** Most keys remembered ahead of the floor. */
const MAX_KNOWN = 10_000;

/**
 * What a mirror knows of the one order (M2).
 *
 * Two paths lead to a mirror: the broadcast, and, where the transport has one, the reply to itself. Each is in order,
 * but either may be faster. So one "last position seen" is not enough: an own echo that came by the faster path must
 * not hide the foreign changes still on their way on the other. What came by broadcast moves the **floor**, below
 * which nothing is news; what may have come by reply is remembered for its key alone, until the floor has passed it.
 */
export class Order {
  /** Every change up to here is known, whatever its key. */
  #floor = 0;
  #reach = 0;
  /** The last clear that is known, maybe ahead of the floor. */
  #cleared = 0;
  /** By position, oldest first. */
  readonly #known = new Map<string, Known>();
  /** Up to here something was forgotten that was ahead of the floor. */
  #forgotten = 0;
  /** The last state moved the floor over these positions, whose changes may still be on their way by broadcast. */
  #skipped = { after: 0, upTo: 0 };
  #recording = false;

  /** Every change up to here is known. */
  get floor(): number {
    return this.#floor;
  }

  /** The last position known of, on whichever path. What is asked or written from now on comes after it. */
  get reach(): number {
    return this.#reach;
  }

  /** Whether a change of this key, or a clear if there is no key, tells something new. */
  isNews(key: string | undefined, seq: number): boolean {
    if (seq <= this.#floor || seq <= this.#cleared) return false;
    return key === undefined || seq > (this.#known.get(key)?.seq ?? 0);
  }

  /**
   * Whether a foreign change could be older than something that was forgotten for want of room, so that its key's
   * state is in doubt.
   */
  isDoubtful(seq: number): boolean {
    return seq <= this.#forgotten;
  }

  /** Whether a change that is no news is one that a whole state has overtaken. */
  isOvertaken(seq: number): boolean {
    return seq > this.#skipped.after && seq <= this.#skipped.upTo;
  }

  /** A key changed. `byBroadcast`: it certainly did not come by the reply path. */
  note(key: string, seq: number, state: State, byBroadcast: boolean): void {
    this.#reach = Math.max(this.#reach, seq);
    this.#known.delete(key);
    this.#known.set(key, { seq, state });
    if (byBroadcast) this.passed(seq);
    if (this.#known.size <= MAX_KNOWN) return;
    const [oldest] = this.#known;
    if (oldest !== undefined) {
      this.#known.delete(oldest[0]);
      this.#forgotten = Math.max(this.#forgotten, oldest[1].seq);
    }
  }

  /** The scope was cleared. Returns the entries that were set later, yet are known already. */
  noteClear(seq: number, byBroadcast: boolean): Map<string, State> {
    this.#reach = Math.max(this.#reach, seq);
    this.#cleared = Math.max(this.#cleared, seq);
    const later = new Map<string, State>();
    for (const [key, known] of this.#known) {
      if (known.seq > seq) later.set(key, known.state);
      else this.#known.delete(key);
    }
    if (byBroadcast) this.passed(seq);
    return later;
  }

  /** The broadcast has passed this position. */
  passed(seq: number): void {
    this.#floor = Math.max(this.#floor, seq);
    this.#reach = Math.max(this.#reach, seq);
    if (this.#recording) return;
    for (const [key, known] of this.#known) {
      if (known.seq > this.#floor) break;
      this.#known.delete(key);
    }
  }

  /**
   * Remembers every key that changes from now on, because a state is on its way that may be older than those changes
   * (M5).
   */
  record(): void {
    this.#recording = true;
  }

  /**
   * A whole state has come, as of `seq`. Changes it into what holds now, by what is known to have happened since.
   *
   * @param isLast - Whether no other state is on its way.
   */
  adopt(seq: number, content: Map<string, State>, isLast: boolean): void {
    if (this.#cleared > seq) content.clear();
    for (const [key, known] of this.#known) {
      if (known.seq > seq) content.set(key, known.state);
    }
    this.#recording = !isLast;
    this.#skipped = { after: this.#floor, upTo: seq };
    this.passed(seq);
  }

  /** Forgets everything: the order has begun anew. */
  restart(): void {
    this.#floor = 0;
    this.#reach = 0;
    this.#cleared = 0;
    this.#forgotten = 0;
    this.#skipped = { after: 0, upTo: 0 };
    this.#known.clear();
  }
}
