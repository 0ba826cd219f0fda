import { invalidOption } from '../checks';
import { PSCError } from '../errors';
import {
  type BuiltInActions,
  LOG,
  type LogLevel,
  PROGRESS,
  type ProgressPayload,
  SESSION_FINISH,
} from './actions';
import { asyncDispose, Disposing } from './disposal';
import { Exchange } from './exchange';
import type { ChannelImplement } from './implement';
import type { AnyListener, Face } from './port';
import type { ActionsOf, AnyMessage, ListenerOf, MessageOf, ReceivedMessage } from './typing';

const WORKING = Symbol('working');

/** What a channel gives to a session that it wants to be made. Hand it on as it is. */
export interface SessionInit {
  /** A UUID, or what the caller chose. The same at both ends. */
  readonly sessionId: string;
  /** The session that this one belongs to; undefined at the top, and at the end that did not begin the session. */
  readonly parent: AnySession | undefined;
  /** The channel's working of it. Nobody else's business. */
  readonly exchange: object;
}

/** What all sessions have in common, whatever they send and listen to. */
export abstract class AnySession extends Disposing {
  /** A UUID, or what the caller chose. The same at both ends. */
  readonly sessionId: string;

  /** The session that this one belongs to; undefined at the top, and at the end that did not begin the session. */
  readonly parent: AnySession | undefined;

  /** What the session communicates by. */
  protected readonly implement: ChannelImplement;

  /** Only for this package. */
  readonly [WORKING]: object;

  /** Only a channel can make what is needed here. Throws `ERR_PSC_INVALID_OPTION` for anything else. */
  constructor(init: SessionInit, implement: ChannelImplement) {
    super();
    if (!(init?.exchange instanceof Exchange)) {
      const remedy =
        'Sessions are made by a channel: override `createSession`, and hand on what it is given.';
      throw invalidOption('init', init, remedy);
    }
    this.sessionId = init.sessionId;
    this.parent = init.parent;
    this.implement = implement;
    this[WORKING] = init.exchange;
    init.exchange.implement = implement;
  }

  /** The ids of all sessions from the top of the tree, on whatever process, down to this one. */
  get path(): readonly string[] {
    return exchangeOf(this).path;
  }

  /** Whether the session is over: nothing can be sent in it any more. */
  get isFinished(): boolean {
    return exchangeOf(this).isFinished;
  }

  /** Settles when the session finishes: the caller's promise. Rejects with a `SessionError`. */
  get finished(): Promise<unknown> {
    return exchangeOf(this).settlement.finished;
  }

  /**
   * Aborted when the session ends before its opening listener is done: it was cancelled, its deadline passed, its
   * parent ended, or the other end is gone. Give it to whatever the listener waits for.
   */
  get signal(): AbortSignal {
    return exchangeOf(this).settlement.signal;
  }

  /**
   * The items that the other end streams, to be read once. It sends as fast as they are read, and not before: who does
   * not want them calls `items.return()`. What has arrived can be read after the end of the session, whose error comes
   * last.
   */
  get items(): AsyncIterableIterator<unknown> {
    return exchangeOf(this).items;
  }

  /** Writes a log line of level `info`. */
  log(message: string): void;
  /**
   * Writes a log line, which is passed up to the top of the tree by itself. In a session that is finished it does
   * nothing.
   *
   * Throws `ERR_PSC_NOT_SENDABLE` if `detail` cannot be carried.
   */
  log(level: LogLevel, message: string, detail?: unknown): void;
  log(...line: [message: string] | [level: LogLevel, message: string, detail?: unknown]): void {
    const [level, message, detail] = line.length === 1 ? (['info', line[0]] as const) : line;
    const payload = { level, message, time: Date.now() };
    exchangeOf(this).raise({
      action: LOG,
      payload: detail === undefined ? payload : { ...payload, detail },
    });
  }

  /** Reports progress, which is passed up to the top of the tree by itself. Otherwise as {@link AnySession.log}. */
  progress(progress: ProgressPayload): void {
    exchangeOf(this).raise({ action: PROGRESS, payload: progress });
  }

  /**
   * Streams items to the other end, each when that has room for it. Resolves, when the source has come to its end or
   * nobody reads any more, to what it returned.
   *
   * Rejects with what the source throws, with `ERR_PSC_NOT_SENDABLE` for an item that cannot be carried, and with
   * `ERR_PSC_INVALID_OPTION` for a second stream: there is one each way.
   */
  stream(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown> {
    return exchangeOf(this).stream(source);
  }

  /** Finishes the session: the caller's promise resolves to the result. Once is enough; nothing more can be sent. */
  finish(result?: unknown): void {
    exchangeOf(this).finish(result);
  }

  /** Finishes the session with an error, with which the caller's promise rejects. */
  fail(error: unknown): void {
    exchangeOf(this).fail(error);
  }

  /**
   * Cancels the session, and all below it, on every process: they reject with `ERR_PSC_CANCELLED`.
   *
   * @param reason - The `cause` of the error.
   */
  cancel(reason?: unknown): void {
    exchangeOf(this).cancel(reason);
  }

  /**
   * Passes a message on to the parent session, as if this one's sender had sent it there: to the parent's caller, or,
   * where the parent was begun in this process, to the parent's listeners. At the top of the tree it does nothing.
   */
  protected forwardMessageToParent(message: AnyMessage): void {
    if (this.parent === undefined) return;
    const { path } = message as Partial<ReceivedMessage>;
    exchangeOf(this.parent).raise(message, path ?? this.path);
  }

  /** Called once, when the session has been made: the place for `setListener`. */
  protected initializeListeners(): void {}

  /**
   * Called for a message that no listener was set for. What it returns counts as a listener's result, what it throws
   * fails the session.
   *
   * @returns never, unless overridden: it throws `ERR_PSC_UNKNOWN_ACTION`.
   */
  protected onUnknownAction({ action }: ReceivedMessage): unknown {
    const message =
      `The session has no listener for the action ${JSON.stringify(action.slice(0, 100))}. Set one in ` +
      '`initializeListeners`.';
    throw new PSCError('ERR_PSC_UNKNOWN_ACTION', message);
  }
}

/** The working of a session. */
export function exchangeOf(session: AnySession): Exchange {
  return session[WORKING] as Exchange;
}

/** Makes a session known to its working, and has it listen. */
export function joinSession(session: AnySession): void {
  const face = session as unknown as Face;
  exchangeOf(session).face = face;
  face.initializeListeners();
}

/**
 * One call and everything that belongs to it. Made by a channel, at both ends; to be subclassed.
 *
 * `Listens` is what this end hears: an interface whose keys are the actions, and whose values are payloads, or functions
 * from payload to result. `Sends` is what this end sends, as such an interface or as a union of messages; without it
 * anything can be sent.
 *
 * The listener of the message that began the session finishes it, when what it returned has settled. What later
 * listeners return settles nobody; what any listener throws fails the session.
 */
export class Session<
  Listens extends object = Record<string, unknown>,
  Sends = AnyMessage,
> extends AnySession {
  /** Only for the compiler: it is never there. */
  declare readonly '~protocol'?: { readonly listens: Listens; readonly sends: Sends };

  /**
   * Sends a message to the other end. Throws `ERR_PSC_NOT_SENDABLE`, and `ERR_PSC_SESSION_FINISHED`, whose `cause` is
   * the error with which the session ended, if it was one.
   */
  send<Action extends ActionsOf<Sends>>(
    message: { readonly action: Action } & MessageOf<Sends, Action>,
  ): void {
    const { action, payload }: AnyMessage = message;
    if (action === SESSION_FINISH) this.finish(payload);
    else exchangeOf(this).send({ action, payload });
  }

  /** Sets the listener of an action, in place of the one before. */
  protected setListener<Action extends ActionsOf<Listens>>(
    action: Action,
    listener: ListenerOf<Listens, Action>,
  ): void;
  /** Sets a listener for what is passed up the tree by itself, which it then is not, or for the end of the session. */
  protected setListener<Action extends keyof BuiltInActions>(
    action: Action,
    listener: (
      payload: BuiltInActions[Action],
      message: ReceivedMessage<Action, BuiltInActions[Action]>,
    ) => unknown,
  ): void;
  protected setListener(action: string, listener: AnyListener): void {
    exchangeOf(this).listen(action, listener);
  }
}

asyncDispose(AnySession.prototype, (session) => session.cancel());
