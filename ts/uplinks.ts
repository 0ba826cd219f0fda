import type { Runtime } from './mirror/runtime';
import { GAP_PATIENCE_MS, isNumber } from './mirror/wire';
import type { SharedCacheEvent } from './types';

/** Most messages of one mirror that wait for one before them. */
const MAX_HELD = 1000;
/** Most mirrors remembered; the one that was silent longest is forgotten. As many as the hub knows the numbers of. */
const MAX_MIRRORS = 4096;
/** Up to so many, it does not matter who was silent longest. */
const FEW_MIRRORS = MAX_MIRRORS / 2;
/** For how many ms every acknowledgement of a mirror says what of its messages was refused. */
const REFUSALS_TOLD_MS = 30_000;
/** Most of them. */
const MAX_REFUSALS = 1000;

/** What {@link Uplinks} needs. */
export interface UplinksParts<Message> {
  readonly runtime: Pick<Runtime, 'now' | 'after'>;
  /** Takes the messages, in order. */
  deliver(message: Message): void;
  /** Some were delivered because others did not come, and not because one came. */
  onTimeout(): void;
  /** Some were given up. */
  onGap(): void;
}

interface Refusal {
  readonly code: string;
  readonly at: number;
}

/** One mirror's messages. */
interface Uplink<Message> {
  /** All up to here were delivered, or given up. */
  last: number;
  /** Those that others have to come before, by number. */
  readonly held: Map<number, Message>;
  /** Called off when nothing is missing. */
  callOff: (() => void) | undefined;
  /** By the message's number. */
  readonly refused: Map<number, Refusal>;
}

/**
 * What mirrors send, in the order in which they sent it, over transports that delay, double and reorder (M14): a message
 * that has overtaken others waits for them. What does not come in time is refused from then on.
 */
export class Uplinks<Message> {
  readonly #parts: UplinksParts<Message>;
  /** By scope and mirror; the one that was silent longest comes first. */
  readonly #uplinks = new Map<string, Uplink<Message>>();
  /** No refusal is told after this instant. */
  #refusedUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: UplinksParts<Message>) {
    this.#parts = parts;
  }

  /** Goes on where another one was: what was delivered there is not delivered again. */
  takeOver(other: Uplinks<Message>): void {
    for (const [name, uplink] of other.#uplinks) {
      uplink.callOff?.();
      uplink.callOff = undefined;
      this.#uplinks.set(name, uplink);
      this.#wait(uplink);
    }
    this.#refusedUntil = other.#refusedUntil;
    other.#uplinks.clear();
  }

  /** A message came. Returns false for one that came before, or was given up. */
  receive(event: SharedCacheEvent, message: Message): boolean {
    const { message: number, since } = event;
    if (!isNumber(number) || number === 0) {
      this.#parts.deliver(message);
      return true;
    }
    const uplink = this.#uplinkOf(event);
    if (isNumber(since)) this.#skipTo(uplink, Math.min(since, number));
    if (number <= uplink.last || uplink.held.has(number)) return false;
    if (number > uplink.last + 1) {
      uplink.held.set(number, message);
      if (uplink.held.size > MAX_HELD) this.#giveUpGap(uplink);
      else this.#wait(uplink);
      return true;
    }
    uplink.last = number;
    this.#parts.deliver(message);
    if (uplink.held.size > 0) this.#release(uplink);
    return true;
  }

  /** A message was refused: from now on acknowledgements say so, whatever overtakes the answer. */
  refuse({ scope, senderID, message }: SharedCacheEvent, code: string): void {
    const uplink = this.#uplinks.get(nameOf(scope, senderID));
    if (message !== undefined && uplink !== undefined) this.#note(uplink, message, code);
  }

  /** Adds to an event what of the messages of those that it acknowledges was refused lately. */
  withRefusals(event: SharedCacheEvent): SharedCacheEvent {
    if (event.ack === undefined || !this.#hasRefused()) return event;
    let refused: Record<string, Record<string, string>> | undefined;
    for (const mirror of Object.keys(event.ack)) {
      const codes = this.#refusalsOf(event.scope, mirror);
      if (codes === undefined) continue;
      refused ??= Object.create(null) as Record<string, Record<string, string>>;
      refused[mirror] = codes;
    }
    return refused === undefined ? event : { ...event, refused };
  }

  close(): void {
    for (const { callOff } of this.#uplinks.values()) callOff?.();
    this.#uplinks.clear();
  }

  /** Whether anything was refused lately. Nearly always not, and then no clock is asked. */
  #hasRefused(): boolean {
    const never = Number.NEGATIVE_INFINITY;
    if (this.#refusedUntil === never) return false;
    if (this.#parts.runtime.now() > this.#refusedUntil) this.#refusedUntil = never;
    return this.#refusedUntil !== never;
  }

  #uplinkOf({ scope, senderID }: SharedCacheEvent): Uplink<Message> {
    const name = nameOf(scope, senderID);
    const known = this.#uplinks.get(name);
    if (known !== undefined && this.#uplinks.size < FEW_MIRRORS) return known;
    const uplink = known ?? { last: 0, held: new Map(), callOff: undefined, refused: new Map() };
    this.#uplinks.delete(name);
    this.#uplinks.set(name, uplink);
    if (this.#uplinks.size > MAX_MIRRORS) {
      for (const [silent, { callOff }] of this.#uplinks) {
        callOff?.();
        this.#uplinks.delete(silent);
        break;
      }
    }
    return uplink;
  }

  /** What its sender does not wait for any more need not come. */
  #skipTo(uplink: Uplink<Message>, since: number): void {
    if (since <= uplink.last + 1) return;
    for (const number of [...uplink.held.keys()].sort((a, b) => a - b)) {
      const message = uplink.held.get(number);
      if (number >= since || message === undefined) break;
      uplink.held.delete(number);
      this.#parts.deliver(message);
    }
    uplink.last = since - 1;
    this.#release(uplink);
  }

  #release(uplink: Uplink<Message>): void {
    for (;;) {
      const next = uplink.held.get(uplink.last + 1);
      if (next === undefined) break;
      uplink.last += 1;
      uplink.held.delete(uplink.last);
      this.#parts.deliver(next);
    }
    uplink.callOff?.();
    uplink.callOff = undefined;
    this.#wait(uplink);
  }

  #wait(uplink: Uplink<Message>): void {
    if (uplink.held.size === 0) return;
    uplink.callOff ??= this.#parts.runtime.after(GAP_PATIENCE_MS, () => {
      uplink.callOff = undefined;
      this.#giveUpGap(uplink);
      this.#parts.onTimeout();
    });
  }

  /** Gives up what is missing before the first that waits. */
  #giveUpGap(uplink: Uplink<Message>): void {
    const next = Math.min(...uplink.held.keys());
    if (next === Number.POSITIVE_INFINITY) return;
    for (let lost = Math.max(uplink.last + 1, next - MAX_REFUSALS); lost < next; lost += 1) {
      this.#note(uplink, lost, 'ERR_PSC_OUT_OF_ORDER');
    }
    uplink.last = next - 1;
    this.#parts.onGap();
    this.#release(uplink);
  }

  #note(uplink: Uplink<Message>, message: number, code: string): void {
    const now = this.#parts.runtime.now();
    this.#refusedUntil = now + REFUSALS_TOLD_MS;
    uplink.refused.set(message, { code, at: now });
    if (uplink.refused.size <= MAX_REFUSALS) return;
    const [oldest] = uplink.refused.keys();
    if (oldest !== undefined) uplink.refused.delete(oldest);
  }

  #refusalsOf(
    scope: string | null | undefined,
    mirror: string,
  ): Record<string, string> | undefined {
    const uplink = this.#uplinks.get(nameOf(scope, mirror));
    if (uplink === undefined || uplink.refused.size === 0) return undefined;
    const since = this.#parts.runtime.now() - REFUSALS_TOLD_MS;
    for (const [message, { at }] of uplink.refused) {
      if (at >= since) break;
      uplink.refused.delete(message);
    }
    if (uplink.refused.size === 0) return undefined;
    return Object.fromEntries([...uplink.refused].map(([message, { code }]) => [message, code]));
  }
}

function nameOf(scope: string | null | undefined, mirror: string): string {
  return scope === undefined || scope === null ? mirror : `${scope.length} ${scope} ${mirror}`;
}
