import type { SentError } from './failure';
import { isPath } from './path';

/** The version of the protocol that this release speaks. */
export const WIRE_VERSION = 1;

/** What every frame has. `pscSession` tells ours from other messages on the same transport. */
interface Envelope {
  /** The version of the protocol. */
  readonly pscSession: number;
  /** The name of the channel, where it has one. Frames of another name belong to another channel. */
  readonly channel?: string | undefined;
  /** The session that the frame belongs to. */
  readonly sessionId: string;
}

/** Begins a session. */
export interface OpenFrame extends Envelope {
  readonly type: 'open';
  readonly action: string;
  readonly payload?: unknown;
  /** The ids of the sessions above this one, the topmost first. Left out by one that is at the top. */
  readonly path?: readonly string[] | undefined;
  /** Milliseconds until the deadline. A duration, because the clocks of two machines differ. */
  readonly timeLeft?: number | undefined;
}

/** A further message of a session. */
export interface MessageFrame extends Envelope {
  readonly type: 'message';
  readonly action: string;
  readonly payload?: unknown;
  /** The path of the session that sent it, where that is not this one but one below. */
  readonly path?: readonly string[] | undefined;
}

/** Ends a session: with a result, or with an error. From the caller, an error cancels. */
export interface FinishFrame extends Envelope {
  readonly type: 'finish';
  readonly result?: unknown;
  readonly error?: SentError | undefined;
}

/** One item of a stream. */
export interface ItemFrame extends Envelope {
  readonly type: 'item';
  readonly item?: unknown;
}

/** Allows the other end to send so many items more. */
export interface CreditFrame extends Envelope {
  readonly type: 'credit';
  readonly count: number;
}

/**
 * `end`: there are no more items. `stop`: no more are wanted. `ask`: does the other end have this session? `gone`: this
 * end has no such session (any more), in answer to a message of one or to `ask`.
 */
export interface SignalFrame extends Envelope {
  readonly type: 'end' | 'stop' | 'ask' | 'gone';
}

/** This end does not understand the version of a frame. Has to be understood by every version. */
export interface RefuseFrame extends Envelope {
  readonly type: 'refuse';
  /** The versions that this end understands. */
  readonly versions: readonly number[];
}

/** `hello`: this end of the channel was made. `close`: it is closed. Their `sessionId` is empty. */
export interface ChannelFrame extends Envelope {
  readonly type: 'hello' | 'close';
}

/** An event of a shared cache that rides on the channel. Its `sessionId` is empty: the event says what led to it. */
export interface CacheFrame extends Envelope {
  readonly type: 'cache';
  readonly event: object;
}

/** Everything that travels. */
export type Frame =
  | OpenFrame
  | MessageFrame
  | FinishFrame
  | ItemFrame
  | CreditFrame
  | SignalFrame
  | RefuseFrame
  | ChannelFrame
  | CacheFrame;

/** What a received message turned out to be. */
export type Recognised =
  | { readonly kind: 'ours'; readonly frame: Frame }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'malformed'; readonly sessionId: string | undefined; readonly why: string }
  | { readonly kind: 'unknown version'; readonly sessionId: string; readonly version: number };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isOptionalPath = (path: unknown) => path === undefined || isPath(path);

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;

/** By type of frame, what is wrong with one; undefined if nothing is. */
const FAULTS: ReadonlyMap<unknown, (frame: Record<string, unknown>) => string | undefined> =
  new Map(
    Object.entries({
      open: ({ action, path, timeLeft }: Record<string, unknown>) => {
        if (typeof action !== 'string') return 'its `action` is no string';
        if (!isOptionalPath(path)) return 'its `path` is no list of ids';
        const isDuration =
          timeLeft === undefined || (typeof timeLeft === 'number' && timeLeft >= 0);
        return isDuration ? undefined : 'its `timeLeft` is no duration';
      },
      message: ({ action, path }: Record<string, unknown>) => {
        if (typeof action !== 'string') return 'its `action` is no string';
        return isOptionalPath(path) ? undefined : 'its `path` is no list of ids';
      },
      finish: ({ error }: Record<string, unknown>) =>
        error === undefined || isObject(error) ? undefined : 'its `error` is no object',
      item: () => undefined,
      credit: ({ count }: Record<string, unknown>) =>
        isCount(count) ? undefined : 'its `count` is no whole number above 0',
      end: () => undefined,
      stop: () => undefined,
      ask: () => undefined,
      gone: () => undefined,
      hello: () => undefined,
      refuse: ({ versions }: Record<string, unknown>) =>
        Array.isArray(versions) ? undefined : 'its `versions` are no list',
      close: () => undefined,
      cache: ({ event }: Record<string, unknown>) =>
        isObject(event) ? undefined : 'its `event` is no object',
    }),
  );

const FOREIGN: Recognised = { kind: 'foreign' };

/** Tells our own messages from everything else that travels on the same transport. */
export function recognise(message: unknown, channel: string | undefined): Recognised {
  if (!isObject(message) || !Object.hasOwn(message, 'pscSession')) return FOREIGN;
  const frame = message as Record<string, unknown>;
  const { pscSession: version, sessionId, type } = frame;
  if ((frame.channel ?? undefined) !== channel) return FOREIGN;
  const known = typeof sessionId === 'string' ? sessionId : undefined;
  const malformed = (why: string): Recognised => ({ kind: 'malformed', sessionId: known, why });
  if (known === undefined) return malformed('its `sessionId` is no string');
  // Whatever its version, a refusal is not refused, or two ends would go on for ever.
  if (version !== WIRE_VERSION && type !== 'refuse') {
    if (typeof version !== 'number') return malformed('its `pscSession` is no number');
    return { kind: 'unknown version', sessionId: known, version };
  }
  const faultOf = FAULTS.get(type);
  if (faultOf === undefined) return malformed('its `type` is not known');
  const why = faultOf(frame);
  return why === undefined ? { kind: 'ours', frame: message as Frame } : malformed(why);
}
