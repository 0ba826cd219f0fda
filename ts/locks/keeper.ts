import { fromNative } from '../node/errors';
import { LockDesk, type LockPlace, newUser } from '../node/lockDesk';
import { unref } from '../unref';
import { LEASE } from './names';
import { type CheckedWish, flightName, type LockAnswer, type LockRefusal } from './wire';

/** How often leases of mirrors are looked at, in milliseconds. */
const ROUND = 100;
/** Most names that one account may hold and wait for. */
const MAX_NAMES = 256;

/** Requests remembered that mirrors have ended: what asked for them may have been overtaken by that. */
const MAX_ENDED = 4096;

/** The number of a request that is never made. */
export const NO_REQUEST = Number.MAX_SAFE_INTEGER;

/** Who asks, and for what (M12). */
export interface Wisher {
  /** The mirror, or what of it asks for locks. */
  readonly senderID: string;
  /** The mirror's number of this request. */
  readonly number: number;
  /** On whose account it is: what one may hold is bounded. */
  readonly account: string | number;
  readonly scope: string | undefined;
  readonly answer: (answer: LockAnswer) => void;
}

interface Kept {
  readonly account: string | number;
  readonly senderID: string;
  readonly scope: string | undefined;
  /** Whose hold it is, at the desk: nobody else's `unlock` frees it. */
  readonly holder: number;
  readonly names: Set<string>;
  request: number;
  held: boolean;
  /** When it ends, unless it was renewed. */
  until: number;
  answer: (answer: LockAnswer) => void;
}

let holders = 0;

/** Holds locks and waits for them on behalf of mirrors, at the table of a hub's store (M12). */
export class LockKeeper {
  private readonly user = newUser();
  private readonly kept = new Map<string, Kept>();
  private readonly ended = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly place: LockPlace) {}

  /** Asks for names, or renews that. The answer may come before this returns, and more than once. */
  lock(wisher: Wisher, { names, flight, lease }: CheckedWish): void {
    const { senderID, number, account, scope, answer } = wisher;
    const id = flightName(number, senderID);
    const until = performance.now() + lease;
    const known = this.kept.get(id);
    if (known === undefined && this.ended.has(id)) return;
    if (known?.held && !this.desk().holds(known.request)) {
      // A flight whose key somebody has written to, or a lock beyond its lease: who asks anew is told that it is lost.
      this.end(id, known);
      answer({ error: { code: 'ERR_PSC_RETIRED', message: 'It is not held any more.' } });
      return;
    }
    if (known !== undefined) {
      known.until = until;
      known.answer = answer;
      answer(known.held ? {} : { more: true });
      return;
    }
    if (this.countOf(account) + names.length > MAX_NAMES) {
      answer({ error: tooMany() });
      return;
    }
    holders += 1;
    const holder = holders;
    let request: number;
    try {
      const asked = { flight, scope, names, holder, user: this.user, lease: LEASE };
      request = this.desk().queue(asked);
    } catch (error) {
      const { code, message } = fromNative(error) as LockRefusal;
      answer({ error: { code, message } });
      return;
    }
    const kept: Kept = {
      account,
      senderID,
      scope,
      holder,
      names: new Set(names),
      request,
      held: false,
      until,
      answer,
    };
    this.kept.set(id, kept);
    this.timer ??= unref(setInterval(() => this.look(), ROUND));
    let isDecided = false;
    this.desk().whenDecided(request, (outcome) => {
      isDecided = true;
      if (outcome === 'held') {
        kept.held = true;
        kept.answer({});
      } else if (this.kept.get(id) === kept) {
        // The table was replaced, or this process did not run: the mirror asks again at once.
        this.kept.delete(id);
        kept.answer({
          error: { code: 'ERR_PSC_RETIRED', message: 'Its place was lost. Ask again.' },
        });
      }
    });
    if (!isDecided) answer({ more: true });
  }

  /** Ends a request, or frees some of its names. */
  unlock(senderID: string, number: number, names: readonly string[]): void {
    const id = flightName(number, senderID);
    if (names.length === 0) this.remember(id);
    const kept = this.kept.get(id);
    if (kept === undefined) return;
    for (const name of names) {
      if (kept.held && kept.names.delete(name)) this.desk().unlock(kept.scope, name, kept.holder);
    }
    if (names.length === 0 || kept.names.size === 0) this.end(id, kept);
  }

  /** The request by which a flight holds its key; one that nobody has made if there is no such flight. */
  requestOf(flight: string): number {
    return this.kept.get(flight)?.request ?? NO_REQUEST;
  }

  /** A mirror is gone. */
  forget(senderID: string): void {
    for (const [id, kept] of this.kept) if (kept.senderID === senderID) this.end(id, kept);
  }

  /** Ends all of them. */
  close(): void {
    for (const [id, kept] of this.kept) this.end(id, kept);
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private remember(id: string): void {
    this.ended.add(id);
    const [oldest] = this.ended;
    if (this.ended.size > MAX_ENDED && oldest !== undefined) this.ended.delete(oldest);
  }

  private look(): void {
    const now = performance.now();
    for (const [id, kept] of this.kept) if (kept.until < now) this.end(id, kept);
    if (this.kept.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private end(id: string, { request }: Kept): void {
    this.kept.delete(id);
    this.desk().end(request, 'closed');
  }

  private countOf(account: string | number): number {
    let count = 0;
    for (const kept of this.kept.values()) if (kept.account === account) count += kept.names.size;
    return count;
  }

  /** Whether the table was replaced is for the native side to tell: who waits loses its place then. */
  private desk(): LockDesk {
    return LockDesk.at(this.place, () => false);
  }
}

function tooMany(): LockRefusal {
  const message = `A window or mirror may hold and wait for ${MAX_NAMES} names at a time. Free some first.`;
  return { code: 'ERR_PSC_TOO_MANY_LOCKS', message };
}
