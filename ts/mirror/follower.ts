import { isErrorCode, PSCError } from '../errors';
import type { SharedCacheEvent } from '../types';
import { type Arrival, Arrivals } from './arrivals';
import { carriedWith } from './carried';
import { Downlink } from './downlink';
import type { Heard } from './heard';
import type { Ledger } from './ledger';
import { Peer } from './peer';
import type { Write } from './pending';
import type { Question, Questions } from './questions';
import type { Runtime } from './runtime';
import type { State } from './state';
import type { Values } from './values';
import { codeOf, isEvent, isObject, numberFor, parseContent } from './wire';

/** Rejections remembered, because their answers may come twice. */
const MAX_REFUSED = 256;
/** Stores remembered that were followed before. */
const MAX_PAST = 16;

/** What a follower works for and with. */
export interface FollowerParts {
  /** The mirror's id. */
  readonly id: string;
  readonly scope: string | undefined;
  readonly runtime: Pick<Runtime, 'after'>;
  readonly values: Values;
  readonly ledger: Ledger;
  readonly questions: Questions;
  /** Something came that is for this mirror alone. */
  readonly onAnswer: (event: SharedCacheEvent) => void;
  /** Own messages were refused: their numbers, with the codes. */
  readonly onRefused: (codes: Readonly<Record<string, unknown>>) => void;
  /** Who is to hear of it. */
  readonly heard: Heard;
  /** The state of the scope has come. */
  readonly onState: () => void;
  /** Whether this mirror has written anything. */
  readonly hasWritten: () => boolean;
}

/** Reads the events of one scope and takes into the ledger what counts of them (M2, M5). */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #peer = new Peer();
  readonly #arrivals = new Arrivals();
  readonly #downlink: Downlink;
  readonly #refused = new Set<number>();
  #epoch: number | undefined;
  readonly #past = new Set<number>();
  /** Whether a state has come, and none that was asked for before it is on its way. */
  #isJoined = false;
  /** Whether what is followed is another order than what was told of. */
  #isAnew = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const { id, runtime, questions, hasWritten } = parts;
    this.#downlink = new Downlink({
      id,
      runtime,
      hasWritten,
      isAsking: () => questions.isOpen,
      take: (event) => this.#take(event),
      onGap: () => questions.askSoon(),
    });
  }

  /** Whether the peer is known not to put events in order. */
  get isPlain(): boolean {
    return this.#peer.isPlain;
  }

  /** Whether an own event came back that says nothing of its place in the order. */
  get ownCameBack(): boolean {
    return this.#peer.ownCameBack;
  }

  /** Takes whatever a transport delivers; what is no event of this scope, or is meant for others, is nothing. */
  receive(event: unknown): void {
    const { id, scope, questions } = this.#parts;
    if (!isEvent(event) || (event.scope ?? undefined) !== scope) return;
    if (event.to !== undefined && event.to !== id) return;
    // Of another mirror, which a bus gives to everybody.
    if (event.if !== undefined && event.to === undefined) return;
    if (event.to === id && event.restart === true) {
      this.#startAnew();
      questions.attend();
      return;
    }
    if (event.to !== undefined) this.#parts.onAnswer(event);
    // Nothing has happened yet where this has no place.
    if (event.if !== undefined && event.seq === undefined) return;
    if (!this.#seeEpoch(event)) {
      questions.askIfCalm();
      return;
    }
    if (this.#downlink.receive(event)) this.#take(event);
    this.#downlink.release();
  }

  #take(event: SharedCacheEvent): void {
    if (event.refused !== undefined) this.#applyRefusals(event);
    if (event.type === 'init') this.#receiveState(event);
    else this.#receiveChange(event);
    this.#parts.questions.attend();
  }

  /** What of the own messages was refused is not settled by what acknowledges the others. */
  #applyRefusals({ refused }: SharedCacheEvent): void {
    const { id, ledger, questions, onRefused } = this.#parts;
    if (!isObject(refused) || !Object.hasOwn(refused, id)) return;
    const codes = refused[id];
    if (!isObject(codes)) return;
    onRefused(codes);
    for (const write of [...ledger.pending.all()]) {
      const code = codeOf(codes, write.event);
      if (code === undefined || !write.sent) continue;
      ledger.refuseInDoubt(write, errorOf({ code, message: refusalOf(write.type) }));
      questions.askSoon();
    }
  }

  /**
   * Another store than the one that was followed: what that had settled is lost, and its positions mean nothing now.
   * Returns whether the event is to be read at all.
   */
  #seeEpoch({ epoch, type, to, write }: SharedCacheEvent): boolean {
    if (epoch === undefined || epoch === this.#epoch) return true;
    // Still on its way when the new one's first event came by a faster path. Or the other way round: that shows where it
    // answers what was asked.
    const isAnswer = type === 'init' && to !== undefined && this.#parts.questions.isOpenFor(write);
    if (this.#past.has(epoch) && !isAnswer) return false;
    this.#past.delete(epoch);
    if (this.#epoch !== undefined) {
      this.#past.add(this.#epoch);
      const [oldest] = this.#past;
      if (this.#past.size > MAX_PAST && oldest !== undefined) this.#past.delete(oldest);
      this.#startAnew();
    }
    this.#epoch = epoch;
    return true;
  }

  #receiveChange(event: SharedCacheEvent): void {
    if (event.seq !== undefined) {
      this.#seeOrder();
      this.#follow(event, event.seq);
      return;
    }
    const counting = this.#peer.unordered(event, event.senderID === this.#parts.id);
    if (counting === 'ask') this.#parts.questions.askSoon();
    else for (const each of counting) this.#followPlain(each);
  }

  /** The peer orders, maybe after it was taken for plain: what was followed until now may not hold then. */
  #seeOrder(): void {
    const was = this.#peer.ordered();
    if (was === 'unknown') this.#parts.questions.cancel();
    if (was === 'plain') this.#startAnew();
  }

  /** What was followed until now is no part of the order that is followed from now on. */
  #startAnew(): void {
    this.#restart();
    this.#parts.heard.startAnew();
    this.#parts.questions.askSoon();
  }

  #restart(): void {
    this.#parts.ledger.restart();
    this.#downlink.restart();
    this.#isAnew = true;
  }

  #follow(event: SharedCacheEvent, seq: number): void {
    const { id, ledger, questions } = this.#parts;
    const settled = numberFor(event.ack, id) ?? 0;
    const own = event.senderID === id;
    const isAnswer = event.to !== undefined;
    const personal = own || isAnswer;
    const { type, senderID, key, state } = this.#changeOf(event);
    const change = { type, key, state, seq, senderID, own, isAnswer, personal, settled };
    // Where no epoch says which order it is, what contradicts itself does.
    if (this.#epoch === undefined && ledger.contradicts(change)) this.#startAnew();
    const known = ledger.change(change);
    if (!known && ledger.order.isOvertaken(seq)) questions.askIfCalm();
    else if (!known) questions.askSoon();
    if (event.error !== undefined && personal) this.#refuse(event.write ?? 0, event.error);
    ledger.settle(settled, seq);
    this.#parts.heard.change(event);
  }

  #refuse(number: number, error: NonNullable<SharedCacheEvent['error']>): void {
    const { ledger, questions } = this.#parts;
    if (this.#refused.has(number)) return;
    this.#refused.add(number);
    const [oldest] = this.#refused;
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
    const write = ledger.pending.get(number);
    // Settled already: a later acknowledgement was faster, and the key may hold what was rejected.
    const known = write !== undefined && ledger.refuse(write, errorOf(error));
    if (!known) questions.askSoon();
  }

  /**
   * As `@alova/psc` does it: events count as they come, and an own one settles the oldest write like it. One that has
   * nothing to settle counts all the same: its write was taken for settled by a state that was somebody else's.
   */
  #followPlain(event: SharedCacheEvent): void {
    const { id, ledger } = this.#parts;
    const own = event.senderID === id;
    const change = this.#changeOf(event);
    const settled = own ? (ledger.pending.match(change.type, event.key)?.number ?? 0) : 0;
    const seq = ledger.order.floor + 1;
    ledger.change({ ...change, seq, own, isAnswer: false, personal: false, settled });
    ledger.settle(settled, seq);
    this.#parts.heard.change(event);
  }

  #changeOf(event: SharedCacheEvent) {
    const { type, senderID, key } = event;
    const state = type === 'set' ? this.#stateOf(event) : undefined;
    return { type: type as Write['type'], senderID, key, state };
  }

  #stateOf(event: SharedCacheEvent): State {
    const { values } = this.#parts;
    const { key, ttl } = event;
    const lives = typeof ttl === 'number' ? ttl : undefined;
    const { text } = carriedWith(event);
    // The value itself is not touched where there is a text: it may be decoded only then.
    if (text === undefined) return values.receive(key, event.value, lives);
    return values.receiveText(key, text, lives);
  }

  #receiveState(event: SharedCacheEvent): void {
    const { ledger, questions } = this.#parts;
    const states = this.#statesOf(event);
    // A question, which a bus gives back.
    if (states === undefined) return;
    const bare = event.seq === undefined && event.to === undefined && event.epoch === undefined;
    if (!bare) this.#seeOrder();
    const isForAll = !bare && event.to === undefined;
    const question = isForAll ? undefined : questions.find(event.write);
    const isEmpty = states.length === 0;
    if (question === undefined && !this.#isForAll(event, bare, isEmpty)) return;
    // What changes while chunks come that nobody here asked for is newer than they are.
    if (question === undefined) ledger.order.record();
    const seq = event.seq ?? (this.#peer.isPlain ? ledger.order.floor : 0);
    const whole = this.#arrivals.add(seq, event, states);
    if (whole === undefined) return;
    this.#adopt(whole, question, numberFor(event.ack, this.#parts.id) ?? 0, bare);
    // What was left out reads as a miss until the rest has come.
    if (event.partial === true) questions.askSoon();
  }

  /** Whether a state that answers nothing is meant for all, and not for another mirror or the second of two (M5). */
  #isForAll({ seq = 0, to }: SharedCacheEvent, bare: boolean, isEmpty: boolean): boolean {
    // A bare empty one is also what a synchronizer that orders says before anything has happened.
    if (bare) return this.#peer.isPlain || (!this.#peer.isOrdering && !isEmpty);
    return to === undefined && seq >= this.#parts.ledger.order.floor;
  }

  #adopt(
    { seq, content }: Arrival,
    question: Question | undefined,
    settled: number,
    bare: boolean,
  ): void {
    const { ledger, questions, onState } = this.#parts;
    const held = bare ? this.#judge(content, question) : [];
    const { isPlain } = this.#peer;
    // An order that is behind where it was when the question was asked is another one.
    const unnamed = !isPlain && this.#epoch === undefined;
    if (unnamed && question !== undefined && seq < question.reach) this.#restart();
    const lost = isPlain ? undefined : lostError();
    const { floor } = ledger.order;
    questions.answered(question);
    const isLast = !questions.isOpen;
    const answersUpTo = question?.lastSent ?? 0;
    ledger.adopt({ seq, content, settled, answersUpTo, isLast, lost });
    this.#downlink.reached(seq);
    for (const each of held) this.#followPlain(each);
    if (this.#isJoined && (this.#isAnew || seq > floor)) this.#parts.heard.lost();
    this.#isAnew = false;
    // The first question may have been asked twice.
    this.#isJoined ||= !questions.isOpen;
    onState();
  }

  /** A state without a position may tell what the peer is. Returns the events that count because of it. */
  #judge(content: ReadonlyMap<string, State>, question: Question | undefined): SharedCacheEvent[] {
    if (this.#peer.isOrdering || this.#peer.isPlain) return [];
    if (content.size > 0) return this.#peer.settleForPlain();
    if (question?.inDoubt !== true) return [];
    // An own event came back, but nobody kept it: that was a bus, and the synchronizer was not there yet.
    const { pending } = this.#parts.ledger;
    const isLost = [...pending.all()].some(
      ({ type, number }) => type === 'set' && number <= question.lastSent,
    );
    if (!isLost) return this.#peer.settleForPlain();
    this.#peer.forget();
    return [];
  }

  /** What an answering `init` tells of each key; undefined if it tells nothing, because it is a question. */
  #statesOf(event: SharedCacheEvent): [string, State][] | undefined {
    const { values } = this.#parts;
    const { entries } = carriedWith(event);
    if (entries !== undefined) {
      return entries.map(([key, text, ttl]) => [key, values.receiveText(key, text, ttl)]);
    }
    const content = parseContent(event.value);
    if (content === undefined) return undefined;
    const ttls = typeof event.ttl === 'object' ? event.ttl : undefined;
    return Object.keys(content).map((key) => {
      return [key, values.receive(key, content[key], numberFor(ttls, key))];
    });
  }
}

function refusalOf(type: Write['type']): string {
  return (
    `The ${type} was refused by the synchronizer. Where it came too late, see that the transport loses nothing and delays ` +
    'nothing for a second.'
  );
}

function errorOf({ code, message }: { code: string; message: string }): PSCError {
  return new PSCError(isErrorCode(code) ? code : 'ERR_PSC_IO', message);
}

function lostError(): PSCError {
  const message =
    'The write was sent, but the synchronizer does not have it: the connection or the synchronizer was replaced ' +
    'meanwhile. The key reads as the others see it. Write it again if it still holds.';
  return new PSCError('ERR_PSC_TIMEOUT', message);
}
