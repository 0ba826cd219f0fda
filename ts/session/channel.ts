import { checkPositive, invalidOption } from '../checks';
import type { PSCError } from '../errors';
import { checkOptions, type Known } from '../options';
import { LOG, type LogPayload, type ProgressPayload } from './actions';
import { now } from './clock';
import { asyncDispose, Disposing } from './disposal';
import { Exchange } from './exchange';
import { newSessionId } from './ids';
import type { ChannelImplement } from './implement';
import type { Source } from './outgoing';
import type { Context } from './port';
import { AnySession, exchangeOf, joinSession, Session, type SessionInit } from './session';
import { Switchboard } from './switchboard';
import type {
  ActionsOf,
  AnyMessage,
  ItemOf,
  MessageOf,
  ReceivedMessage,
  ResultOf,
  SentItemOf,
} from './typing';

/** Runs code so that it, and whatever it awaits, can find its session. Node's `AsyncLocalStorage` is one. */
export interface SessionContext {
  run<T>(session: AnySession, code: () => T): T;
  getStore(): AnySession | undefined;
}

/** Options of a channel. */
export interface ChannelOptions {
  /**
   * Tells several channels on one implement apart; the same at both ends.
   * @default no name, of which there can be one
   */
  name?: string | undefined;
  /**
   * Milliseconds that a session begun here may take, unless it says otherwise.
   * @default no limit
   */
  timeout?: number | undefined;
  /** Takes log lines that have reached the top of the tree, where no listener was set for them. */
  onLog?: ((payload: LogPayload, message: ReceivedMessage) => void) | undefined;
  /** Takes progress reports that have reached the top of the tree, where no listener was set for them. */
  onProgress?: ((payload: ProgressPayload, message: ReceivedMessage) => void) | undefined;
  /** Takes what is wrong with a message that claims to be ours. Other libraries' messages are none of its business. */
  onProtocolError?: ((error: PSCError, message: unknown) => void) | undefined;
  /**
   * In which listeners run: an `AsyncLocalStorage` lets what they call find their session. For the ids in the changes of
   * a cache there is no need of one where `psc-native` is imported in Node.
   * @default none
   */
  context?: SessionContext | undefined;
}

/** Options of a session. */
export interface SessionOptions<Item = unknown> {
  /** Cancels the session, and all below it on every process. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds until the session, and all below it on every process, fail with `ERR_PSC_DEADLINE`. Never later than
   * the parent's.
   * @default the channel's `timeout`, and the parent's deadline
   */
  timeout?: number | undefined;
  /** Streamed to the callee, as `Session.stream` does. What the source throws fails the session. */
  items?: AsyncIterable<Item> | Iterable<Item> | undefined;
}

/** What a session sends, by its type. */
export type SendsOf<S> = S extends { readonly '~protocol'?: { readonly sends: infer Sends } }
  ? Sends
  : AnyMessage;

/** A call under way: the promise of its result, its session, and the items that the callee streams. */
export type Call<S, Result, Item> = Promise<Result> & {
  readonly session: S;
  /** As `Session.items`. */
  readonly items: AsyncIterableIterator<Item>;
};

const SWITCHBOARD = Symbol('switchboard');

/** A channel, whatever its sessions are. */
export type AnyChannel = Pick<Channel, 'openSessions' | 'isClosed' | typeof SWITCHBOARD>;

type Names = Set<string | undefined>;

/** By implement, the names of the channels on it: two of one name would answer each other's messages. */
const namesOn = new WeakMap<object, Names>();

const KNOWN: Known<ChannelOptions> = {
  name: true,
  timeout: true,
  onLog: true,
  onProgress: true,
  onProtocolError: true,
  context: true,
};
const KNOWN_OF_SESSIONS: Known<SessionOptions> = { signal: true, timeout: true, items: true };

/**
 * Puts sessions on something that can communicate: each message is brought to the session that it belongs to. A session
 * begins with {@link Channel.startSession}, or when one begun at the other end arrives.
 *
 * When the other end exits, crashes, disconnects or closes its channel, every session rejects at once.
 */
export class Channel<S extends AnySession = Session> extends Disposing {
  /** What the channel communicates by. */
  protected readonly implement: ChannelImplement;
  private readonly options: ChannelOptions;
  /** Only for this package. */
  readonly [SWITCHBOARD]: object;

  /**
   * @param implement - A process, a `ChildProcess` or a cluster `Worker` as it is; anything else with a `message` event
   *   and a `send` method; or a transport of this package.
   * @param options - See {@link ChannelOptions}.
   *
   * Throws `ERR_PSC_INVALID_OPTION`, also for a second channel of one name on one implement.
   */
  constructor(implement: ChannelImplement, options: ChannelOptions = {}) {
    super();
    checkOptions('Channel', options, KNOWN);
    checkPositive('timeout', options.timeout);
    this.implement = implement;
    this.options = options;
    const { name } = options;
    const names: Names = namesOn.get(implement) ?? new Set();
    if (names.has(name)) {
      const remedy =
        'A channel of this name is open on this implement: close it, or give one of them another name.';
      throw invalidOption('name', name, remedy);
    }
    const switchboard = new Switchboard(implement, name, {
      makeSession: (exchange) => void this.makeSession(exchange, undefined),
      onProtocolError: (error, message) => options.onProtocolError?.(error, message),
      arrived: (message) => this.arrived(message),
      context: options.context as Context | undefined,
    });
    names.add(name);
    namesOn.set(implement, names);
    switchboard.whenGone(() => names.delete(name));
    this[SWITCHBOARD] = switchboard;
    switchboard.greet();
  }

  /** How many sessions are open, whichever end began them. */
  get openSessions(): number {
    return switchboardOf(this).size;
  }

  /** Whether no session can begin any more: this end was closed, or the other cannot be reached. */
  get isClosed(): boolean {
    return switchboardOf(this).isGone;
  }

  /**
   * Begins a session with a message. The promise resolves to what the other end's listener of that message returned,
   * or to what somebody gave to `finish`.
   *
   * It rejects with a `SessionError`, never later than something is known: with the code of what the listener threw;
   * `ERR_PSC_UNKNOWN_ACTION` without a listener; `ERR_PSC_PEER_DIED`, `ERR_PSC_PEER_DISCONNECTED` or
   * `ERR_PSC_CHANNEL_CLOSED` if the other end goes; `ERR_PSC_CANCELLED`; `ERR_PSC_DEADLINE`; `ERR_PSC_NOT_SENDABLE`;
   * `ERR_PSC_SESSION_EXISTS`.
   *
   * @param sessionIdOrParent - A new id, best a UUID; or the session that this one is to belong to. It then ends with
   *   that, keeps its deadline, and passes its logs and progress up to it.
   * @param message - What to begin with.
   * @param options - See {@link SessionOptions}.
   *
   * Throws `ERR_PSC_INVALID_OPTION`, and what `createSession` throws.
   */
  startSession<Action extends ActionsOf<SendsOf<S>>>(
    sessionIdOrParent: string | AnySession,
    message: { readonly action: Action } & MessageOf<SendsOf<S>, Action>,
    options: SessionOptions<SentItemOf<SendsOf<S>, Action>> = {},
  ): Call<S, ResultOf<SendsOf<S>, Action>, ItemOf<SendsOf<S>, Action>> {
    checkOptions('startSession', options, KNOWN_OF_SESSIONS);
    const { timeout = this.options.timeout, signal, items } = options;
    checkPositive('timeout', timeout);
    const exchange = this.newExchange(sessionIdOrParent, timeout);
    const parent = typeof sessionIdOrParent === 'string' ? undefined : sessionIdOrParent;
    const session = this.makeSession(exchange, parent);
    const call = exchange.settlement.finished as Promise<unknown> & {
      session?: unknown;
      items?: unknown;
    };
    switchboardOf(this).begin(exchange, message, signal);
    if (items !== undefined) {
      exchange.stream(items as Source).catch((error) => exchange.fail(error));
    }
    call.session = session;
    call.items = new LazyItems(exchange);
    return call as never;
  }

  /**
   * Closes this end: sessions at both ends reject with `ERR_PSC_CHANNEL_CLOSED`. What the channel communicates by stays
   * open, and nothing of the channel stays on it. Any number of calls is one.
   */
  close(): void {
    switchboardOf(this).close();
  }

  /**
   * Makes the session of either end. Override it to return a class of your own, with whatever that needs.
   *
   * @param init - To be handed on to the constructor of `Session`.
   */
  protected createSession(init: SessionInit): S {
    return new Session(init, this.implement) as AnySession as S;
  }

  private newExchange(
    sessionIdOrParent: string | AnySession,
    timeout: number | undefined,
  ): Exchange {
    const expiresAt = timeout === undefined ? Number.POSITIVE_INFINITY : now() + timeout;
    const port = switchboardOf(this);
    if (typeof sessionIdOrParent === 'string' && sessionIdOrParent !== '') {
      const sessionId = sessionIdOrParent;
      return new Exchange({
        sessionId,
        above: [],
        isOpener: true,
        parent: undefined,
        port,
        expiresAt,
      });
    }
    if (!(sessionIdOrParent instanceof AnySession)) {
      const remedy = 'Give a new UUID, or the session that is to be the parent.';
      throw invalidOption('sessionIdOrParent', sessionIdOrParent, remedy);
    }
    const parent = exchangeOf(sessionIdOrParent);
    return new Exchange({
      sessionId: newSessionId(),
      above: parent.path,
      isOpener: true,
      parent,
      port,
      expiresAt: Math.min(expiresAt, parent.expiresAt),
    });
  }

  private makeSession(exchange: Exchange, parent: AnySession | undefined): S {
    const { sessionId } = exchange;
    const session = this.createSession({ sessionId, parent, exchange });
    if (!(session instanceof AnySession) || exchangeOf(session) !== exchange) {
      const remedy =
        'Return a new session from `createSession`, made from the `init` that it is given.';
      throw invalidOption('session', session, remedy);
    }
    joinSession(session);
    return session;
  }

  private arrived(message: ReceivedMessage): unknown {
    const { onLog, onProgress } = this.options;
    if (message.action === LOG) return onLog?.(message.payload as LogPayload, message);
    return onProgress?.(message.payload as ProgressPayload, message);
  }
}

/** The working of a channel. */
export function switchboardOf(channel: AnyChannel): Switchboard {
  return channel[SWITCHBOARD] as Switchboard;
}

/** The items of a call, for most of which nobody asks. */
class LazyItems implements AsyncIterableIterator<unknown> {
  private readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.exchange.items.next();
  }

  return(): Promise<IteratorResult<unknown>> {
    return (this.exchange.items as Required<AsyncIterableIterator<unknown>>).return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

asyncDispose(Channel.prototype, (channel) => channel.close());
