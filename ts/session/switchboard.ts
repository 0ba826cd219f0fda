import { PSCError, type PSCErrorCode } from '../errors';
import { currentSession } from '../sessionContext';
import { now } from './clock';
import { Encounter } from './encounter';
import { Exchange } from './exchange';
import { encodeError, failure } from './failure';
import type { ChannelImplement } from './implement';
import { Link, type LinkUser } from './link';
import type { Context, Port } from './port';
import {
  because,
  closedByOther,
  forgotten,
  otherVersion,
  outcomeOf,
  replaced,
  taken,
  unknownVersion,
} from './reasons';
import { isThenable } from './thenable';
import type { ReceivedMessage } from './typing';
import { type CacheFrame, type Frame, type OpenFrame, recognise, WIRE_VERSION } from './wire';

/** What a switchboard asks of its channel. */
export interface SwitchboardUser {
  /** Makes the session of an exchange. Throws what the user's own code throws. */
  makeSession(exchange: Exchange): void;
  /** A malformed message came. */
  onProtocolError(error: PSCError, message: unknown): unknown;
  /** A log line or progress report has reached the top of the tree. */
  arrived(message: ReceivedMessage): unknown;
  readonly context: Context | undefined;
}

type CacheListener = (event: object) => void;

/** Brings each frame to the exchange that it belongs to, and ends them all when the other end has gone. */
export class Switchboard implements Port, LinkUser {
  readonly context: Context | undefined;
  private readonly link: Link;
  private readonly name: string | undefined;
  private readonly user: SwitchboardUser;
  private readonly exchanges = new Map<string, Exchange>();
  private readonly atTheEnd = new Set<() => void>();
  private cacheListener: CacheListener | undefined;
  /** Why nothing can be sent any more. */
  private gone: PSCError | undefined;
  private readonly encounter = new Encounter();

  constructor(implement: ChannelImplement, name: string | undefined, user: SwitchboardUser) {
    this.name = name;
    this.user = user;
    this.context = user.context;
    this.link = new Link(implement, this);
  }

  /** Tells the other end that there is a channel now. */
  greet(): void {
    this.tell({ ...envelope(''), type: 'hello' });
  }

  get size(): number {
    return this.exchanges.size;
  }

  get isGone(): boolean {
    return this.gone !== undefined;
  }

  /** Begins a session whose face has been made. Where it cannot begin, it fails. */
  begin(exchange: Exchange, message: { action: string; payload?: unknown }, signal?: AbortSignal) {
    const { sessionId } = exchange;
    const gone = this.gone ?? (this.encounter.isDeserted ? closedByOther() : undefined);
    if (gone !== undefined) {
      exchange.endedElsewhere({ error: because(gone, exchange) });
    } else if (this.exchanges.has(sessionId)) {
      exchange.endedElsewhere({ error: taken(exchange) });
    } else if (!exchange.isFinished) {
      this.exchanges.set(sessionId, exchange);
      exchange.bind(signal);
      exchange.open(message);
    }
  }

  /** The id of the session whose listener is running, where that is known. */
  get currentSession(): string | undefined {
    return this.context?.getStore()?.sessionId ?? (currentSession() || undefined);
  }

  /** Takes cache events. */
  listenToCache(listener: CacheListener): void {
    this.cacheListener = listener;
  }

  /** Sends a cache event. Throws what cannot be sent. */
  sendCache(event: object): void {
    this.post({ ...envelope(''), type: 'cache', event } as CacheFrame, event);
  }

  /** Runs something when the channel has come to its end. */
  whenGone(run: () => void): void {
    if (this.gone !== undefined) run();
    else this.atTheEnd.add(run);
  }

  close(): void {
    if (this.gone !== undefined) return;
    this.tell({ ...envelope(''), type: 'close' });
    const message = 'The channel was closed at this end. Make a new one to begin more sessions.';
    this.lost(new PSCError('ERR_PSC_CHANNEL_CLOSED', message));
  }

  post(frame: Frame, value: unknown, implement?: ChannelImplement): void {
    if (this.gone !== undefined) throw this.gone;
    if (this.name !== undefined) (frame as { channel?: string }).channel = this.name;
    this.link.send(frame, value, implement);
  }

  release(exchange: Exchange): void {
    const { sessionId } = exchange;
    if (this.exchanges.get(sessionId) === exchange) this.exchanges.delete(sessionId);
    this.encounter.forget(exchange);
  }

  arrived(message: ReceivedMessage): unknown {
    return this.user.arrived(message);
  }

  received(message: unknown): void {
    if (this.gone !== undefined) return;
    try {
      this.sort(message);
    } catch (cause) {
      // A message may be anything, an object whose getters throw among them.
      const error = new PSCError('ERR_PSC_PROTOCOL', 'A message cannot be taken in.', { cause });
      this.report(error, message);
    }
  }

  lost(error: PSCError): void {
    if (this.gone !== undefined) return;
    this.gone = error;
    this.link.close();
    this.failAll(error);
    for (const run of this.atTheEnd) run();
    this.atTheEnd.clear();
  }

  unsent(frame: Frame, error: PSCError): void {
    const { sessionId } = frame;
    const exchange = this.exchanges.get(sessionId);
    exchange?.endedElsewhere({ error: because(error, exchange) });
    // The other end waits for it. An error that was not sent is the last that is tried.
    const isLast = frame.type === 'finish' && frame.error !== undefined;
    if (sessionId !== '' && !isLast) this.reject(sessionId, error.code, error.message);
  }

  unreadable(error: PSCError): void {
    this.report(error, undefined);
  }

  private sort(message: unknown): void {
    const recognised = recognise(message, this.name);
    switch (recognised.kind) {
      case 'foreign':
        return;
      case 'ours':
        this.take(recognised.frame, message);
        return;
      case 'malformed': {
        const { sessionId, why } = recognised;
        const text = `A message is no message of a session: ${why}.`;
        this.report(new PSCError('ERR_PSC_PROTOCOL', text), message);
        // Whoever waits for the session would wait for ever.
        if (sessionId !== undefined && sessionId !== '')
          this.reject(sessionId, 'ERR_PSC_PROTOCOL', text);
        return;
      }
      default: {
        const { sessionId, version } = recognised;
        this.report(unknownVersion(version), message);
        this.tell({ ...envelope(sessionId), type: 'refuse', versions: [WIRE_VERSION] });
      }
    }
  }

  private take(frame: Frame, message: unknown): void {
    const exchange = this.exchanges.get(frame.sessionId);
    if (frame.type !== 'gone' && exchange !== undefined) exchange.opening = undefined;
    if (frame.type === 'hello') this.greeted();
    this.encounter.heard();
    switch (frame.type) {
      case 'hello':
        return;
      case 'open':
        if (exchange === undefined) this.accept(frame);
        else this.reject(frame.sessionId, 'ERR_PSC_SESSION_EXISTS');
        return;
      case 'close':
        this.encounter.isDeserted = true;
        this.failAll(closedByOther());
        return;
      case 'cache':
        this.cacheListener?.(frame.event);
        return;
      case 'message':
        if (exchange === undefined) this.tell({ ...envelope(frame.sessionId), type: 'gone' });
        else exchange.deliver(frame, frame.path, false);
        return;
      case 'finish':
        exchange?.endedElsewhere(outcomeOf(frame.error, frame.result, exchange));
        return;
      case 'ask':
        if (exchange === undefined) this.tell({ ...envelope(frame.sessionId), type: 'gone' });
        return;
      case 'gone':
        // The answer may be meant for a session that had the same id before.
        if (exchange?.mayBeGone !== true) return;
        if (exchange.opening !== undefined && this.encounter.mayRepeat(exchange)) {
          exchange.open(exchange.opening);
        } else exchange.endedElsewhere({ error: forgotten(exchange) });
        return;
      case 'refuse':
        this.report(otherVersion(frame.versions), message);
        exchange?.endedElsewhere({ error: because(otherVersion(frame.versions), exchange) });
        return;
      default:
        if (exchange !== undefined) {
          const isAllowed = exchange.receive(frame);
          if (!isAllowed)
            this.report(new PSCError('ERR_PSC_PROTOCOL', 'An item came uncalled for.'), message);
        } else if (frame.type === 'item') {
          this.tell({ ...envelope(frame.sessionId), type: 'gone' });
        }
    }
  }

  /** The other end has made its channel: does it have the sessions that are open here? */
  private greeted(): void {
    const exchanges = [...this.exchanges.values()];
    const begun = exchanges.filter(({ isOpener }) => isOpener);
    this.encounter.greeted(begun);
    for (const exchange of exchanges) {
      if (exchange.isOpener) exchange.ask();
      else exchange.endedElsewhere({ error: because(replaced(), exchange) });
    }
  }

  /** A session begins at the other end: its counterpart is made here. */
  private accept(frame: OpenFrame): void {
    const { sessionId, path, timeLeft } = frame;
    const exchange = new Exchange({
      sessionId,
      above: path ?? [],
      isOpener: false,
      parent: undefined,
      port: this,
      expiresAt: timeLeft === undefined ? Number.POSITIVE_INFINITY : now() + timeLeft,
    });
    this.exchanges.set(sessionId, exchange);
    try {
      this.user.makeSession(exchange);
    } catch (error) {
      exchange.fail(error);
    }
    // Its user may have ended it as it was made.
    if (exchange.isFinished) return;
    exchange.bind(undefined);
    exchange.deliver(frame, undefined, true);
  }

  private reject(sessionId: string, code: PSCErrorCode, text?: string): void {
    const error = failure(code, [sessionId], text);
    const exchange = this.exchanges.get(sessionId);
    if (code === 'ERR_PSC_PROTOCOL' && exchange !== undefined) exchange.fail(error);
    else this.tell({ ...envelope(sessionId), type: 'finish', error: encodeError(error) });
  }

  private failAll(error: PSCError): void {
    for (const exchange of [...this.exchanges.values()]) {
      exchange.endedElsewhere({ error: because(error, exchange) });
    }
  }

  private report(error: PSCError, message: unknown): void {
    // Nothing that arrives may end the process, and there is nobody else to tell.
    try {
      const told = this.user.onProtocolError(error, message);
      if (isThenable(told)) told.then(undefined, () => {});
    } catch {}
  }

  private tell(frame: Frame): void {
    try {
      this.post(frame, undefined);
    } catch {}
  }
}

const envelope = (sessionId: string) => ({ pscSession: WIRE_VERSION, sessionId });
