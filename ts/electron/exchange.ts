import type { NativeHub } from '../native';
import { Plan, type Sweepable } from '../sweeper';
import type { PSCSynchronizerStats } from '../types';
import { charge, chargeWrite, type Payer } from './costs';
import type { Refusal } from './limits';
import type { Parties } from './parties';
import type { Party } from './party';
import type { CheckedRequest } from './request';
import { type Told, type ToldText, WIRE_VERSION } from './wire';

/** Most events taken from the hub at once. */
const POLL_LIMIT = 256;
/** How many times that before others get their turn. */
const MAX_POLLS = 16;

/** What the hub says of a write first. */
const APPLIED = 0;
const DUPLICATE = 1;
/** Where in what the hub says of a write the first event begins that is to be told. */
const FIRST_TOLD = 4;
/** Who has longer to live than ten thousand years has no end, as the store has it. */
const NEVER_MS = 1e4 * 365.25 * 864e5;

/** Counts that go up. */
export type Counts = { -readonly [count in keyof PSCSynchronizerStats]: number };

/** A window's event, and who pays for its answer. */
export interface Asking extends Payer {
  readonly party: Party;
  readonly request: CheckedRequest;
}

/** Brings windows and the hub together: values pass through as the texts they are. */
export class Exchange implements Sweepable {
  private readonly parties: Parties;
  private readonly counts: Counts;
  private readonly maxHeldBytes: number;
  private readonly plan = new Plan(this);
  private hub: NativeHub;
  private exchange: ReturnType<NativeHub['exchange']>;
  /** Names the order of the hub's store. */
  private epoch: number;
  /** Asking `process` for it is a call of its own. */
  private readonly pid = process.pid;

  constructor(hub: NativeHub, parties: Parties, maxHeldBytes: number, counts: Counts) {
    this.hub = hub;
    this.exchange = hub.exchange(maxHeldBytes);
    this.epoch = hub.epoch;
    this.parties = parties;
    this.maxHeldBytes = maxHeldBytes;
    this.counts = counts;
  }

  /** Another hub, over another store: everybody is given its whole state. */
  replaceHub(hub: NativeHub): void {
    this.hub = hub;
    this.exchange = hub.exchange(this.maxHeldBytes);
    this.epoch = hub.epoch;
    this.tellState();
  }

  /** Applies a write, and tells what there is to tell, for a while. Returns whether nothing is left. */
  apply(asking: Asking, requestOf: (flight: string) => number): boolean {
    const { party, request } = asking;
    const { type, scope, key, text, ttl, senderID, write, expected, epoch, session, flight } =
      request;
    if (type === 'set') this.plan.endsIn(ttl);
    const kind = type === 'set' ? 0 : type === 'remove' ? 1 : 2;
    const { owner } = party;
    const came =
      expected === undefined && session === undefined
        ? this.exchange(owner, kind, scope, key, text, ttl, senderID, write)
        : this.exchange(
            owner,
            kind,
            scope,
            key,
            text,
            ttl,
            senderID,
            write,
            expected,
            epoch ?? 0,
            session,
            flight === undefined ? 0 : requestOf(flight),
          );
    if (typeof came === 'number') {
      this.counts.applied += 1;
      this.parties.tell(this.own(request, came), party);
      return true;
    }
    const [outcome, isAll, header, state] = came;
    if (outcome === APPLIED) this.counts.applied += 1;
    else if (outcome === DUPLICATE) this.counts.duplicates += 1;
    else this.counts.rejected += 1;
    if (header !== undefined) {
      const answer = [header as string, state as string | undefined] as const;
      if (chargeWrite(asking, lengthOf(answer))) {
        this.parties.tellOne(party, [WIRE_VERSION, scope, ...answer, undefined]);
      }
    }
    if (isAll === undefined) this.tellState();
    this.tellAll(came, FIRST_TOLD, request);
    return isAll === true || this.tell();
  }

  /** Settles an event as rejected, without having looked at its value. */
  refuse(asking: Asking, { code, message }: Refusal, isFree: boolean): void {
    const { party, request } = asking;
    const { scope, key, senderID, write } = request;
    this.counts.rejected += 1;
    const { header, text } = this.hub.refuse(scope, key, senderID, write, code, message);
    if (isFree || chargeWrite(asking, lengthOf([header, text]))) {
      this.parties.tellOne(party, [WIRE_VERSION, scope, header, text, undefined]);
    }
  }

  /** Tells the one who asked what one key has, and the change that set it. */
  tellKey(asking: Asking): void {
    const { party, request } = asking;
    const { scope, key, senderID, write } = request;
    this.tell();
    this.counts.answered += 1;
    const { header, text } = this.hub.tellKeyParts(scope, key, senderID, write);
    charge(asking, lengthOf([header, text]));
    this.parties.tellOne(party, [WIRE_VERSION, scope, header, text, undefined]);
  }

  /** The state of a scope, for the one who asked. With `maxBytes`, the newest of it. */
  answer(asking: Asking, maxBytes?: number): ToldText[] {
    const { scope, senderID, write } = asking.request;
    this.tell();
    this.counts.answered += 1;
    const state = this.stateOf(scope, senderID, write === 0 ? undefined : write, maxBytes);
    let characters = 0;
    for (const [, , header, text] of state) characters += lengthOf([header, text]);
    charge(asking, characters);
    return state;
  }

  /** Tells what changed, for a while. Returns whether nothing is left. */
  tell(): boolean {
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      const parts = this.hub.pollParts(POLL_LIMIT);
      if (parts === undefined) {
        this.tellState();
        continue;
      }
      if (parts.length === 0) return true;
      this.tellAll(parts, 0);
    }
    return false;
  }

  /** Takes out what is over, and tells it. */
  sweep(): number | undefined {
    const next = this.hub.sweep() ?? undefined;
    const left = this.tell() ? next : 0;
    this.plan.swept(left);
    return left;
  }

  /** `parts` holds three items for each event, as the hub gives them. */
  private tellAll(parts: readonly unknown[], start: number, request?: CheckedRequest): void {
    for (let at = start; at < parts.length; at += 3) {
      const header = parts[at + 1] as string | number;
      if (typeof header === 'number') {
        if (request !== undefined) this.parties.tell(this.own(request, header));
        continue;
      }
      const [scope, text] = [parts[at], parts[at + 2]] as (string | undefined)[];
      this.parties.tell([WIRE_VERSION, scope, header, text, undefined]);
    }
  }

  /** A write as it came, at its place in the order. */
  private own(request: CheckedRequest, seq: number): Told {
    const { scope, text, write, senderID, key, ttl } = request;
    const type = request.type as 'set' | 'remove' | 'clear';
    const lives = type === 'set' && ttl < NEVER_MS ? Math.ceil(ttl) : undefined;
    const { epoch, pid } = this;
    return [WIRE_VERSION, scope, seq, write, type, senderID, key, lives, epoch, pid, text];
  }

  /** Changes were lost to the feed, or the store is another one: everybody is given the whole state. */
  private tellState(): void {
    this.hub.resync();
    for (const scope of [...this.parties.scopes]) {
      for (const told of this.stateOf(scope, undefined, undefined)) this.parties.tell(told);
    }
  }

  private stateOf(
    scope: string | undefined,
    asker: string | undefined,
    write: number | undefined,
    maxBytes?: number,
  ): ToldText[] {
    const parts = this.hub.initParts(scope, asker, maxBytes);
    const state: ToldText[] = [];
    for (let at = 0; at < parts.length; at += 2) {
      state.push([WIRE_VERSION, scope, parts[at] as string, parts[at + 1], write]);
    }
    return state;
  }
}

function lengthOf([header, text]: readonly [header: string, text: string | undefined]): number {
  return header.length + (text?.length ?? 0);
}
