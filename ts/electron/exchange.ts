import type { NativeHub } from '../native';
import type { PSCSynchronizerStats } from '../types';
import type { Refusal } from './limits';
import type { Parties } from './parties';
import type { Party } from './party';
import type { CheckedRequest } from './request';
import { type Told, WIRE_VERSION } from './wire';

/** Most events taken from the hub at once. */
const POLL_LIMIT = 256;
/** How many times that before others get their turn. */
const MAX_POLLS = 16;

/** Counts that go up. */
export type Counts = { -readonly [count in keyof PSCSynchronizerStats]: number };

/** Brings windows and the hub together: values pass through as the texts they are. */
export class Exchange {
  private readonly parties: Parties;
  private readonly counts: Counts;
  private readonly maxHeldBytes: number;
  private hub: NativeHub;

  constructor(hub: NativeHub, parties: Parties, maxHeldBytes: number, counts: Counts) {
    this.hub = hub;
    this.parties = parties;
    this.maxHeldBytes = maxHeldBytes;
    this.counts = counts;
  }

  /** Another hub, over another store: everybody is given its whole state. */
  replaceHub(hub: NativeHub): void {
    this.hub = hub;
    this.tellState();
  }

  /** Applies a write. What came of it is left to {@link Exchange.tell}. */
  apply(party: Party, request: CheckedRequest): void {
    const { type, scope, key, text, ttl, senderID, write } = request;
    const { owner } = party;
    const held = this.maxHeldBytes;
    const {
      outcome,
      header,
      text: state,
    } = this.hub.applyFor(
      owner,
      held,
      type as 'set' | 'remove' | 'clear',
      scope,
      key,
      text,
      ttl,
      senderID,
      write,
    );
    if (outcome === 'applied') this.counts.applied += 1;
    else if (outcome === 'duplicate') this.counts.duplicates += 1;
    else this.counts.rejected += 1;
    if (header !== undefined) {
      this.parties.tellOne(party, [WIRE_VERSION, scope, header, state, undefined]);
    }
  }

  /** Settles a write as rejected, without having looked at its value. */
  refuse(party: Party, request: CheckedRequest, { code, message }: Refusal): void {
    const { scope, key, senderID, write } = request;
    this.counts.rejected += 1;
    const { header, text } = this.hub.refuse(scope, key, senderID, write, code, message);
    this.parties.tellOne(party, [WIRE_VERSION, scope, header, text, undefined]);
  }

  /** The state of a scope, for the one who asked. With `maxBytes`, the newest of it. */
  answer({ scope, senderID, write }: CheckedRequest, maxBytes?: number): Told[] {
    this.tell();
    this.counts.answered += 1;
    return this.stateOf(scope, senderID, write === 0 ? undefined : write, maxBytes);
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
      for (let at = 0; at < parts.length; at += 3) {
        const [scope, header, text] = [parts[at], parts[at + 1] as string, parts[at + 2]];
        this.parties.tell([WIRE_VERSION, scope, header, text, undefined]);
      }
    }
    return false;
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
  ): Told[] {
    const parts = this.hub.initParts(scope, asker, maxBytes);
    const state: Told[] = [];
    for (let at = 0; at < parts.length; at += 2) {
      state.push([WIRE_VERSION, scope, parts[at] as string, parts[at + 1], write]);
    }
    return state;
  }
}
