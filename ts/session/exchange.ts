import { runInSession } from '../sessionContext';
import { LOG, PROGRESS, SESSION_FINISH } from './actions';
import { at, now } from './clock';
import {
  cancelled,
  deadline,
  encodeError,
  finished,
  inherited,
  streamsAlready,
  toSessionError,
  uncalledFor,
} from './failure';
import type { ChannelImplement } from './implement';
import { isStream, type Source } from './outgoing';
import type { AnyListener, ExchangeInit, Face, Port } from './port';
import { Received } from './received';
import { type Outcome, Settlement } from './settlement';
import { onAbort } from './sharedListeners';
import { type StreamFrame, Streams } from './streams';
import { isThenable } from './thenable';
import type { AnyMessage } from './typing';
import { type Frame, type OpenFrame, WIRE_VERSION } from './wire';

/** One end of a session: what `Session` shows, works here. */
export class Exchange {
  readonly sessionId: string;
  readonly isOpener: boolean;
  readonly parent: Exchange | undefined;
  readonly above: readonly string[];
  readonly expiresAt: number;
  /** The session; set as soon as its user has made it. */
  face!: Face;
  /** What it sends on; the channel's own unless the session was made with another. */
  implement: ChannelImplement | undefined;
  readonly settlement = new Settlement();
  private readonly port: Port;
  /** What began the session, for as long as the other end has not said anything in it. */
  opening: AnyMessage | undefined;
  /** Whether anything was sent that the other end answers with `gone`. One that answers nothing is an old one's. */
  mayBeGone = false;
  /** Whether the other end has heard of the session. */
  private isKnown: boolean;
  private listeners: Map<string, AnyListener> | undefined;
  private children: Set<Exchange> | undefined;
  private streams: Streams | undefined;
  /** What to put away at the end: a timer, a listener on the user's signal. */
  private loose: (() => void)[] | undefined;

  constructor({ sessionId, above, isOpener, parent, port, expiresAt }: ExchangeInit) {
    this.sessionId = sessionId;
    this.above = above;
    this.isOpener = isOpener;
    this.isKnown = !isOpener;
    this.parent = parent;
    this.port = port;
    this.expiresAt = expiresAt;
  }

  get path(): readonly string[] {
    return [...this.above, this.sessionId];
  }

  get isFinished(): boolean {
    return this.settlement.outcome !== undefined;
  }

  get items(): AsyncIterableIterator<unknown> {
    return this.both.items;
  }

  listen(action: string, listener: AnyListener): void {
    this.listeners ??= new Map();
    this.listeners.set(action, listener);
  }

  /** Belongs to its parent, ends by its deadline, and when the user's signal says so. */
  bind(signal: AbortSignal | undefined): void {
    const { parent, expiresAt } = this;
    if (parent?.settlement.outcome !== undefined) {
      this.inherit(parent.settlement.outcome);
      return;
    }
    if (parent !== undefined) {
      parent.children ??= new Set();
      parent.children.add(this);
    }
    // The parent's end at that instant is this one's, too. The caller needs not be told: it has the same deadline.
    if (expiresAt < (parent?.expiresAt ?? Number.POSITIVE_INFINITY)) {
      this.putAway(at(expiresAt, () => this.expire()));
    }
    if (signal !== undefined) {
      const abort = () => this.cancel(signal.reason);
      this.putAway(onAbort(signal, abort));
      if (signal.aborted) abort();
    }
  }

  /** Asks the other end whether it has the session. */
  ask(): void {
    this.mayBeGone = true;
    this.tell({ ...this.envelope, type: 'ask' });
  }

  /** Sends the opening message. What cannot be sent fails the session. */
  open(message: AnyMessage): void {
    const { above, expiresAt } = this;
    const { action, payload } = message;
    this.opening = message;
    if (this.isFinished) return;
    const frame: { -readonly [Field in keyof OpenFrame]: OpenFrame[Field] } = {
      pscSession: WIRE_VERSION,
      sessionId: this.sessionId,
      type: 'open',
      action,
      payload,
    };
    if (above.length > 0) frame.path = above;
    if (expiresAt !== Number.POSITIVE_INFINITY) frame.timeLeft = Math.max(0, expiresAt - now());
    try {
      this.port.post(frame, payload, this.implement);
      this.isKnown = true;
    } catch (error) {
      this.fail(error);
    }
  }

  /** Sends a further message. Throws what cannot be sent. */
  send({ action, payload }: AnyMessage, origin?: readonly string[]): void {
    const { outcome } = this.settlement;
    if (outcome !== undefined) throw finished(this.path, action, outcome.error);
    this.mayBeGone = true;
    const frame = { ...this.envelope, type: 'message' as const, action, payload };
    const passedOn = origin === undefined ? frame : { ...frame, path: origin };
    this.port.post(passedOn, payload, this.implement);
  }

  /** Passes a message towards the top: over to the caller, or to this end's own listeners if it is the caller. */
  raise(message: AnyMessage, origin?: readonly string[]): void {
    if (this.isFinished) return;
    if (this.isOpener) this.deliver(message, origin, false);
    else this.send(message, origin);
  }

  /** Sends the items of a source. Rejects with what it throws, and for a second one. */
  async stream(source: Source): Promise<unknown> {
    const written = this.both.write(source);
    if (written !== undefined) return written;
    throw streamsAlready(this.path);
  }

  /** A part of a stream arrived. Returns whether it was allowed to. */
  receive(frame: StreamFrame): boolean {
    if (this.both.receive(frame)) return true;
    this.fail(uncalledFor(this.path));
    return false;
  }

  /** A message for the listeners. What one returns settles the caller only if the message is the opening one. */
  deliver(
    { action, payload }: AnyMessage,
    origin: readonly string[] | undefined,
    opens: boolean,
  ): void {
    const { face, sessionId, port } = this;
    const take = () => this.take(new Received(this, action, payload, origin), opens);
    try {
      runInSession(sessionId, () => (port.context ? port.context.run(face, take) : take()));
    } catch (error) {
      this.fail(error);
    }
  }

  /** What a listener returns is awaited where it ran: items are made when they are asked for. */
  private take(message: Received, opens: boolean): void {
    const returned = this.handle(message);
    if (isThenable(returned)) {
      const answer = opens ? (value: unknown) => this.answer(value) : undefined;
      returned.then(answer, (error) => this.fail(error));
    } else if (opens) {
      this.answer(returned);
    }
  }

  /** Ends the session with a result, and tells the other end. */
  finish(value: unknown): void {
    if (this.isFinished) return;
    try {
      const { sessionId } = this;
      const frame: Frame = { pscSession: WIRE_VERSION, sessionId, type: 'finish', result: value };
      this.port.post(frame, value, this.implement);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.end({ value }, false);
  }

  /** Ends the session with an error, and tells the other end. */
  fail(thrown: unknown): void {
    if (this.isFinished) return;
    const error = toSessionError(thrown, this.path);
    this.settlement.outcome = { error };
    if (this.isKnown) this.tell({ ...this.envelope, type: 'finish', error: encodeError(error) });
    this.end({ error }, false);
  }

  cancel(reason?: unknown): void {
    if (!this.isFinished) this.fail(cancelled(this.path, reason));
  }

  /** The other end, or the channel, ended the session. */
  endedElsewhere(outcome: Outcome): void {
    if (this.isFinished) return;
    if (this.listeners?.has(SESSION_FINISH) === true) {
      const { error } = outcome;
      const payload = error === undefined ? { result: outcome.value } : { error };
      this.deliver({ action: SESSION_FINISH, payload }, undefined, false);
    }
    if (!this.isFinished) this.end(outcome, true);
  }

  private get envelope() {
    return { pscSession: WIRE_VERSION, sessionId: this.sessionId };
  }

  private get both(): Streams {
    if (this.streams === undefined) {
      this.streams = new Streams(
        (frame) => {
          const { item } = frame as { item?: unknown };
          this.mayBeGone = true;
          this.port.post({ ...this.envelope, ...frame } as Frame, item, this.implement);
        },
        (frame) => this.tell({ ...this.envelope, ...frame } as Frame),
      );
      if (this.settlement.outcome !== undefined) this.streams.close(this.settlement.outcome.error);
    }
    return this.streams;
  }

  private handle(message: Received): unknown {
    const { action, payload } = message;
    const listener = this.listeners?.get(action);
    if (listener !== undefined) {
      return listener.call(this.face, payload as never, message as never);
    }
    if (action !== LOG && action !== PROGRESS) return this.face.onUnknownAction(message);
    if (this.parent !== undefined) this.parent.raise(message, message.path);
    else if (this.isOpener) return this.port.arrived(message);
    return undefined;
  }

  private answer(value: unknown): void {
    if (!isStream(value)) {
      this.finish(value);
      return;
    }
    // Where the session is over by now, too: what nobody reads is ended, and with it what it holds.
    this.stream(value).then(
      (last) => this.finish(last),
      (error) => this.fail(error),
    );
  }

  private expire(): void {
    const error = deadline(this.path);
    if (this.isOpener) this.fail(error);
    else this.endedElsewhere({ error });
  }

  /** The parent has ended, and children do not outlive it. */
  private inherit({ error }: Outcome): void {
    this.fail(inherited(this.path, error));
  }

  private end(outcome: Outcome, byOther: boolean): void {
    this.settlement.outcome = outcome;
    this.opening = undefined;
    this.port.release(this);
    this.parent?.children?.delete(this);
    if (this.loose !== undefined) for (const putAway of this.loose) putAway();
    this.streams?.close(outcome.error);
    if (this.children !== undefined) for (const child of this.children) child.inherit(outcome);
    this.settlement.tell(outcome, byOther && !this.isOpener);
  }

  private putAway(what: () => void): void {
    this.loose ??= [];
    this.loose.push(what);
  }

  /** Sends what carries nothing of the user's. Where the transport has gone, its channel says so to everybody. */
  private tell(frame: Frame): void {
    try {
      this.port.post(frame, undefined, this.implement);
    } catch {}
  }
}
