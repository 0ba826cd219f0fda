// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.

declare const ERROR_CODES: {
	readonly ERR_PSC_INVALID_KEY: "A key is not a string.";
	readonly ERR_PSC_KEY_TOO_LARGE: "A key is longer than the store allows.";
	readonly ERR_PSC_VALUE_TOO_LARGE: "An encoded value is longer than `maxValueBytes`.";
	readonly ERR_PSC_QUOTA_EXCEEDED: "A window or process holds its share of the cache already.";
	readonly ERR_PSC_SERIALIZE: "A value cannot be encoded or decoded by the codec.";
	readonly ERR_PSC_NOT_A_NUMBER: "What is to be incremented is no number, or the sum is not finite.";
	readonly ERR_PSC_CHANGED: "The key was changed by somebody else meanwhile.";
	readonly ERR_PSC_UNSUPPORTED: "The synchronizer, or the transport to it, does not know of what was asked for.";
	readonly ERR_PSC_INVALID_SCOPE: "A scope is neither a string nor undefined, or it is too long.";
	readonly ERR_PSC_NO_SCOPE: "There is no scope here, for example because no request is being served.";
	readonly ERR_PSC_INVALID_OPTION: "An option or argument has a value that cannot work.";
	readonly ERR_PSC_INVALID_EVENT: "An event does not have the shape of a `SharedCacheEvent`.";
	readonly ERR_PSC_CLOSED: "The adapter or synchronizer was closed.";
	readonly ERR_PSC_NOT_ALLOWED: "The main process does not let this document do that.";
	readonly ERR_PSC_NOT_ADMITTED: "The cache is root\u2019s, and not open to this user.";
	readonly ERR_PSC_RATE_LIMITED: "A window has sent more events than it may.";
	readonly ERR_PSC_QUEUE_FULL: "Too many writes wait for the synchronizer.";
	readonly ERR_PSC_TIMEOUT: "A write was not settled in time.";
	readonly ERR_PSC_OUT_OF_ORDER: "A message reached the synchronizer long after later ones, and was refused.";
	readonly ERR_PSC_LOCK_TIMEOUT: "A lock was not free in time.";
	readonly ERR_PSC_DEADLOCK: "A factory asks for the key that it computes.";
	readonly ERR_PSC_TOO_MANY_LOCKS: "The cache has no room for another lock.";
	readonly ERR_PSC_RETIRED: "The cache was replaced by a new one.";
	readonly ERR_PSC_DIRECTORY: "The directory cannot hold the cache.";
	readonly ERR_PSC_NO_SPACE: "There is no room on the file system for the cache.";
	readonly ERR_PSC_CORRUPT: "The file of the cache is not whole.";
	readonly ERR_PSC_VERSION_MISMATCH: "Another release of psc-native uses the cache.";
	readonly ERR_PSC_ENDPOINT_IN_USE: "Another synchronizer is running with this id.";
	readonly ERR_PSC_TOO_MANY_PROCESSES: "The cache is in use by the most processes it allows.";
	readonly ERR_PSC_INTERNAL: "psc-native met a fault of its own.";
	readonly ERR_PSC_IO: "The operating system or a transport refused something.";
	readonly ERR_PSC_NATIVE_UNAVAILABLE: "The native binary for this platform could not be loaded.";
	readonly ERR_PSC_UNKNOWN_ACTION: "A session has no listener for an action.";
	readonly ERR_PSC_LISTENER_FAILED: "A listener of a session threw something that has no code of its own.";
	readonly ERR_PSC_NOT_SENDABLE: "A transport cannot carry a value.";
	readonly ERR_PSC_PEER_DIED: "The process or thread at the other end of a channel has ended.";
	readonly ERR_PSC_PEER_DISCONNECTED: "The transport of a channel has lost its other end.";
	readonly ERR_PSC_CHANNEL_CLOSED: "A channel was closed.";
	readonly ERR_PSC_SESSION_EXISTS: "A session with this id is open on the channel.";
	readonly ERR_PSC_SESSION_FINISHED: "The session is finished.";
	readonly ERR_PSC_CANCELLED: "A session was cancelled.";
	readonly ERR_PSC_DEADLINE: "A session was not finished by its deadline.";
	readonly ERR_PSC_PROTOCOL: "A message of a channel does not have the shape of one.";
	readonly ERR_PSC_PROTOCOL_VERSION: "The ends of a channel speak different versions of the protocol.";
};
/** A code of {@link ERROR_CODES}. */
export type PSCErrorCode = keyof typeof ERROR_CODES;
/**
 * Everything that goes wrong here is one of these; a miss is no error.
 *
 * Tell errors apart by {@link PSCError.code}, not by their class: over `contextBridge` only the message survives, and
 * errors of the native binary are plain `Error`s with the same `code`.
 */
export declare class PSCError extends Error {
	/** What went wrong. Stable over releases. */
	readonly code: PSCErrorCode;
	/** The error that led to this one, if there is one. */
	readonly cause?: unknown;
	/**
	 * @param code - What went wrong.
	 * @param message - For people: subject, fact, values, remedy. Without one, the code's own sentence.
	 * @param options - `cause`: the error that led to this one.
	 */
	constructor(code: PSCErrorCode, message?: string, options?: {
		readonly cause?: unknown;
	});
}
/** The action by which a session tells its other end that it is finished. */
export declare const SESSION_FINISH = "SESSION_FINISH";
/** The action of a log line. Passed up to the top of the tree by itself. */
export declare const LOG = "LOG";
/** The action of a progress report. Passed up to the top of the tree by itself. */
export declare const PROGRESS = "PROGRESS";
/** How much a log line matters. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
/** The payload of {@link LOG}. */
export interface LogPayload {
	readonly level: LogLevel;
	/** For people. */
	readonly message: string;
	/** For programs; whatever the transport can carry. */
	readonly detail?: unknown;
	/** When the line was written: milliseconds since the epoch, by the clock of the process that wrote it. */
	readonly time: number;
}
/** The payload of {@link PROGRESS}. */
export interface ProgressPayload {
	/** How much is done, in any unit. */
	readonly done: number;
	/** How much there is to do, in the same unit; left out while nobody knows. */
	readonly total?: number | undefined;
	/** What is being done, for people. */
	readonly message?: string | undefined;
}
/** The payload of {@link SESSION_FINISH}. */
export type FinishPayload = {
	readonly result: unknown;
	readonly error?: undefined;
} | {
	readonly result?: undefined;
	readonly error: Error;
};
/** The actions that every session knows, with their payloads. */
export interface BuiltInActions {
	[SESSION_FINISH]: FinishPayload;
	[LOG]: LogPayload;
	[PROGRESS]: ProgressPayload;
}
type AsyncDisposing = SymbolConstructor extends {
	readonly asyncDispose: infer Key extends symbol;
} ? {
	readonly [Name in Key]: () => Promise<void>;
} : object;
declare const Disposing: abstract new () => AsyncDisposing;
/**
 * Anything that can already communicate: it has a `message` event and a `send` method. A process is one: `process`, a
 * `ChildProcess` and a cluster `Worker` are passed as they are. For what has other methods there are transports.
 *
 * Messages have to arrive whole, at most once and in the order in which they were sent. What it emits beside `message`
 * is understood as follows: `disconnect` and `close`, the other end cannot be reached any more; `exit`, it has ended.
 */
export interface ChannelImplement {
	/** Calls a listener whenever something of that name happens. */
	on(event: string, listener: (...args: unknown[]) => void): unknown;
	/** Takes a listener off again. Without it, a closed channel ignores what its implement goes on to emit. */
	off?(event: string, listener: (...args: unknown[]) => void): unknown;
	/** Sends a message to the other end. Throws if it cannot. Missing only in a process that has no parent. */
	send?(message: unknown, ...more: never[]): unknown;
}
/** What a transport of this package is, beside a {@link ChannelImplement}. */
export interface Transport extends ChannelImplement {
	/** Whether `send` takes a list of what is to be moved and not copied. */
	readonly transfers: boolean;
	off(event: string, listener: (...args: unknown[]) => void): unknown;
	send(message: unknown, transferList?: readonly unknown[]): void;
}
/** A message of which nothing is known but its shape. */
export interface AnyMessage {
	readonly action: string;
	readonly payload?: unknown;
}
/** Items that come one after another, and the result that comes last. Any async generator is one. */
export interface Stream<Item, Result = unknown> {
	[Symbol.asyncIterator](): AsyncIterator<Item, Result, undefined>;
}
type Callable = (...args: never[]) => unknown;
/** The actions of a direction. */
export type ActionsOf<Direction> = Direction extends {
	readonly action: infer Action;
} ? Extract<Action, string> : Extract<keyof Direction, string>;
type EntryOf<Direction, Action> = Action extends keyof Direction ? Direction[Action] : unknown;
type PayloadOfEntry<Entry> = Entry extends Callable ? Parameters<Entry> extends [
	infer Payload,
	...unknown[]
] ? Payload : undefined : Entry;
/** The payload of an action. */
export type PayloadOf<Direction, Action> = PayloadOfEntry<EntryOf<Direction, Action>>;
type ReturnOf<Direction, Action> = EntryOf<Direction, Action> extends (...args: never[]) => infer Returned ? Awaited<Returned> : unknown;
/** What the caller's promise resolves to. */
export type ResultOf<Direction, Action> = ReturnOf<Direction, Action> extends Stream<unknown, infer Result> ? Result : ReturnOf<Direction, Action>;
/** The items that the callee streams to the caller. */
export type ItemOf<Direction, Action> = ReturnOf<Direction, Action> extends Stream<infer Item, unknown> ? Item : unknown;
/** The items that the caller streams to the callee. */
export type SentItemOf<Direction, Action> = EntryOf<Direction, Action> extends (payload: never, items: infer Items) => unknown ? Items extends Stream<infer Item, unknown> ? Item : unknown : unknown;
/** The message of an action. Where there is no payload, it may be left out. */
export type MessageOf<Direction, Action extends string> = Direction extends {
	readonly action: string;
} ? string extends Direction["action"] ? AnyMessage : Extract<Direction, {
	readonly action: Action;
}> : Action extends Action ? undefined extends PayloadOf<Direction, Action> ? {
	readonly action: Action;
	readonly payload?: PayloadOf<Direction, Action>;
} : {
	readonly action: Action;
	readonly payload: PayloadOf<Direction, Action>;
} : never;
/** A message as a listener gets it. */
export interface ReceivedMessage<Action extends string = string, Payload = unknown, Item = unknown> extends AnyMessage {
	readonly action: Action;
	readonly payload: Payload;
	/** The ids of the sessions from the top of the tree down to the one that sent it. */
	readonly path: readonly string[];
	/** The items that the other end streams. */
	readonly items: AsyncIterableIterator<Item>;
}
type Returned<Entry> = Entry extends (...args: never[]) => infer Result ? Awaited<Result> extends Stream<infer Item, infer Last> ? Stream<Item, Last> | Promise<Stream<Item, Last>> : Awaited<Result> | Promise<Awaited<Result>> : unknown;
/** The listener of an action. */
export type ListenerOf<Listens, Action extends string> = (payload: PayloadOf<Listens, Action>, message: ReceivedMessage<Action, PayloadOf<Listens, Action>, SentItemOf<Listens, Action>>) => Returned<EntryOf<Listens, Action>>;
/**
 * What a session that failed rejects with. `code` is that of the error which was thrown, `ERR_PSC_LISTENER_FAILED` if
 * that had none, or one of ours, `ERR_PSC_…`, if something else went wrong.
 */
export declare class SessionError extends Error {
	/** What went wrong. */
	readonly code: string;
	/** The ids of the sessions from the top of the tree down to the one in which it arose. */
	readonly sessionPath: readonly string[];
	/** The stack of the error in the process in which it was thrown; undefined if that is this one. */
	readonly remoteStack: string | undefined;
	/** The error that led to this one, if there is one. */
	readonly cause?: unknown;
	constructor(code: string, message: string, sessionPath: readonly string[], options?: {
		readonly cause?: unknown;
		readonly name?: string;
		readonly remoteStack?: string;
	});
}
declare const WORKING: unique symbol;
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
export declare abstract class AnySession extends Disposing {
	/** A UUID, or what the caller chose. The same at both ends. */
	readonly sessionId: string;
	/** The session that this one belongs to; undefined at the top, and at the end that did not begin the session. */
	readonly parent: AnySession | undefined;
	/** What the session communicates by. */
	protected readonly implement: ChannelImplement;
	/** Only for this package. */
	readonly [WORKING]: object;
	/** Only a channel can make what is needed here. Throws `ERR_PSC_INVALID_OPTION` for anything else. */
	constructor(init: SessionInit, implement: ChannelImplement);
	/** The ids of all sessions from the top of the tree, on whatever process, down to this one. */
	get path(): readonly string[];
	/** Whether the session is over: nothing can be sent in it any more. */
	get isFinished(): boolean;
	/** Settles when the session finishes: the caller's promise. Rejects with a `SessionError`. */
	get finished(): Promise<unknown>;
	/**
	 * Aborted when the session ends before its opening listener is done: it was cancelled, its deadline passed, its
	 * parent ended, or the other end is gone. Give it to whatever the listener waits for.
	 */
	get signal(): AbortSignal;
	/**
	 * The items that the other end streams, to be read once. It sends as fast as they are read, and not before: who does
	 * not want them calls `items.return()`. What has arrived can be read after the end of the session, whose error comes
	 * last.
	 */
	get items(): AsyncIterableIterator<unknown>;
	/** Writes a log line of level `info`. */
	log(message: string): void;
	/**
	 * Writes a log line, which is passed up to the top of the tree by itself. In a session that is finished it does
	 * nothing.
	 *
	 * Throws `ERR_PSC_NOT_SENDABLE` if `detail` cannot be carried.
	 */
	log(level: LogLevel, message: string, detail?: unknown): void;
	/** Reports progress, which is passed up to the top of the tree by itself. Otherwise as {@link AnySession.log}. */
	progress(progress: ProgressPayload): void;
	/**
	 * Streams items to the other end, each when that has room for it. Resolves, when the source has come to its end or
	 * nobody reads any more, to what it returned.
	 *
	 * Rejects with what the source throws, with `ERR_PSC_NOT_SENDABLE` for an item that cannot be carried, and with
	 * `ERR_PSC_INVALID_OPTION` for a second stream: there is one each way.
	 */
	stream(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown>;
	/** Finishes the session: the caller's promise resolves to the result. Once is enough; nothing more can be sent. */
	finish(result?: unknown): void;
	/** Finishes the session with an error, with which the caller's promise rejects. */
	fail(error: unknown): void;
	/**
	 * Cancels the session, and all below it, on every process: they reject with `ERR_PSC_CANCELLED`.
	 *
	 * @param reason - The `cause` of the error.
	 */
	cancel(reason?: unknown): void;
	/**
	 * Passes a message on to the parent session, as if this one's sender had sent it there: to the parent's caller, or,
	 * where the parent was begun in this process, to the parent's listeners. At the top of the tree it does nothing.
	 */
	protected forwardMessageToParent(message: AnyMessage): void;
	/** Called once, when the session has been made: the place for `setListener`. */
	protected initializeListeners(): void;
	/**
	 * Called for a message that no listener was set for. What it returns counts as a listener's result, what it throws
	 * fails the session.
	 *
	 * @returns never, unless overridden: it throws `ERR_PSC_UNKNOWN_ACTION`.
	 */
	protected onUnknownAction({ action }: ReceivedMessage): unknown;
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
export declare class Session<Listens extends object = Record<string, unknown>, Sends = AnyMessage> extends AnySession {
	/** Only for the compiler: it is never there. */
	readonly "~protocol"?: {
		readonly listens: Listens;
		readonly sends: Sends;
	};
	/**
	 * Sends a message to the other end. Throws `ERR_PSC_NOT_SENDABLE`, and `ERR_PSC_SESSION_FINISHED`, whose `cause` is
	 * the error with which the session ended, if it was one.
	 */
	send<Action extends ActionsOf<Sends>>(message: {
		readonly action: Action;
	} & MessageOf<Sends, Action>): void;
	/** Sets the listener of an action, in place of the one before. */
	protected setListener<Action extends ActionsOf<Listens>>(action: Action, listener: ListenerOf<Listens, Action>): void;
	/** Sets a listener for what is passed up the tree by itself, which it then is not, or for the end of the session. */
	protected setListener<Action extends keyof BuiltInActions>(action: Action, listener: (payload: BuiltInActions[Action], message: ReceivedMessage<Action, BuiltInActions[Action]>) => unknown): void;
}
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
export type SendsOf<S> = S extends {
	readonly "~protocol"?: {
		readonly sends: infer Sends;
	};
} ? Sends : AnyMessage;
/** A call under way: the promise of its result, its session, and the items that the callee streams. */
export type Call<S, Result, Item> = Promise<Result> & {
	readonly session: S;
	/** As `Session.items`. */
	readonly items: AsyncIterableIterator<Item>;
};
declare const SWITCHBOARD: unique symbol;
/** A channel, whatever its sessions are. */
export type AnyChannel = Pick<Channel, "openSessions" | "isClosed" | typeof SWITCHBOARD>;
/**
 * Puts sessions on something that can communicate: each message is brought to the session that it belongs to. A session
 * begins with {@link Channel.startSession}, or when one begun at the other end arrives.
 *
 * When the other end exits, crashes, disconnects or closes its channel, every session rejects at once.
 */
export declare class Channel<S extends AnySession = Session> extends Disposing {
	/** What the channel communicates by. */
	protected readonly implement: ChannelImplement;
	private readonly options;
	/** Only for this package. */
	readonly [SWITCHBOARD]: object;
	/**
	 * @param implement - A process, a `ChildProcess` or a cluster `Worker` as it is; anything else with a `message` event
	 *   and a `send` method; or a transport of this package.
	 * @param options - See {@link ChannelOptions}.
	 *
	 * Throws `ERR_PSC_INVALID_OPTION`, also for a second channel of one name on one implement.
	 */
	constructor(implement: ChannelImplement, options?: ChannelOptions);
	/** How many sessions are open, whichever end began them. */
	get openSessions(): number;
	/** Whether no session can begin any more: this end was closed, or the other cannot be reached. */
	get isClosed(): boolean;
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
	startSession<Action extends ActionsOf<SendsOf<S>>>(sessionIdOrParent: string | AnySession, message: {
		readonly action: Action;
	} & MessageOf<SendsOf<S>, Action>, options?: SessionOptions<SentItemOf<SendsOf<S>, Action>>): Call<S, ResultOf<SendsOf<S>, Action>, ItemOf<SendsOf<S>, Action>>;
	/**
	 * Closes this end: sessions at both ends reject with `ERR_PSC_CHANNEL_CLOSED`. What the channel communicates by stays
	 * open, and nothing of the channel stays on it. Any number of calls is one.
	 */
	close(): void;
	/**
	 * Makes the session of either end. Override it to return a class of your own, with whatever that needs.
	 *
	 * @param init - To be handed on to the constructor of `Session`.
	 */
	protected createSession(init: SessionInit): S;
	private newExchange;
	private makeSession;
	private arrived;
}
/** An id that no other session has. */
export declare const newSessionId: () => string;
interface SharedCacheEvent {
	/** The namespace that the event belongs to. Left out by adapters without a scope, which is not the scope `''`. */
	scope?: string | undefined;
	/** The id of the mirror that made the change; `''` where no mirror did. */
	senderID: string;
	/**
	 * What happened, or `init`: the question for, or the answer with, all entries of a scope. `lock` and `unlock` are about
	 * locks, and change nothing.
	 */
	type: "set" | "remove" | "clear" | "init" | "lock" | "unlock";
	/** The key; `''` for `clear` and `init`. */
	key: string;
	/** The value of a `set`; for an answering `init` the JSON text of an object with all keys and values. */
	value?: unknown;
	/**
	 * Position of the change in the one order of all changes. Only the synchronizer sets it: an event without it is
	 * somebody's wish, not yet a change. An answering `init` holds every change up to it. Left out means 0 there.
	 */
	seq?: number | undefined;
	/**
	 * The position of the change that all mirrors of the scope were told before this one, so that one which was overtaken on its
	 * way can be waited for. Left out where the synchronizer does not know.
	 */
	after?: number | undefined;
	/**
	 * Names the order that `seq` belongs to. Another one means that the synchronizer's store is another, made anew, and
	 * that positions begin again. Only the synchronizer sets it, but for an event with `if`.
	 */
	epoch?: number | undefined;
	/**
	 * The number of this write or question: each mirror counts its own, 1, 2, 3 … In an event with `to`, the number of
	 * what it answers.
	 */
	write?: number | undefined;
	/**
	 * The number of this message among all that its mirror has sent, whatever they are: 1, 2, 3 … A synchronizer takes them in
	 * this order, and each once; without a number, as they come. In an answer about locks: its number among the synchronizer's.
	 */
	message?: number | undefined;
	/** In a question: those of the mirror's messages that are numbered below need not come any more. */
	since?: number | undefined;
	/**
	 * In a `set` or `remove`: it is to be applied only if the change at this position, in the order that `epoch` names, set
	 * what the key has; 0 if it has nothing. Without a `ttl` the entry keeps its end. In an `init` with a key: the question
	 * for that key alone. In the answers to these, which say `to`: the position of what the key has now.
	 */
	if?: number | undefined;
	/**
	 * In a `set` with `if`: it is also to be applied only if this flight still holds its key, so that nobody has written to the
	 * key since the flight began. Names the flight's `lock` event: its `write`, a space, and its `senderID`.
	 */
	flight?: string | undefined;
	/** Mirror ids, and the number up to which all their writes are settled: applied or rejected. */
	ack?: Readonly<Record<string, number>> | undefined;
	/**
	 * With `ack`: which messages of these mirrors were refused lately, and with which code. They are settled as rejected,
	 * whenever the answer that says so comes.
	 */
	refused?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
	/** Milliseconds the value has to live; in an answering `init`, by key. Left out means no end. */
	ttl?: number | Readonly<Record<string, number>> | undefined;
	/** The id of the only mirror that the event is meant for. */
	to?: string | undefined;
	/**
	 * In an event with `to`: the synchronizer is another one, and does not know what this mirror was told. It is to ask for the
	 * state again, and what it wrote and was not settled is in doubt.
	 */
	restart?: boolean | undefined;
	/** In an answering `init` of several events: which of them it is, from 0 on. The last is the one without `more`. */
	part?: number | undefined;
	/** In an answering `init`: further events belong to it. */
	more?: boolean | undefined;
	/**
	 * In an answering `init`: entries were left out, because there was a bound on what could be told at once. They are
	 * there all the same, and are told when asked for again.
	 */
	partial?: boolean | undefined;
	/** Why the write was rejected; the event then tells the state that holds instead. */
	error?: {
		readonly code: string;
		readonly message: string;
	} | undefined;
	/** Why an entry is gone that nobody removed: its time was over, or room was needed. */
	reason?: "expire" | "evict" | undefined;
	/**
	 * In a `remove`: it is told in place of a `set` whose key a later change, which is told in its turn, has ended.
	 */
	overtaken?: boolean | undefined;
	/** Id of the process that wrote the change to the store. */
	pid?: number | undefined;
	/** Id of the session in which the change was made, where it is known: see `psc-native/session`. */
	session?: string | undefined;
}
type SharedEventHandler = (event: SharedCacheEvent, replyFn?: (event: SharedCacheEvent) => void | Promise<void>) => void | Promise<void>;
interface SyncAdapter {
	/**
	 * Sends an event to the other side. One that throws has not sent it: the mirror sends it again, in order, later.
	 */
	send(event: SharedCacheEvent): void | Promise<void>;
	/** Registers the receiver of the other side's events. Called once per sync adapter, however many adapters use it. */
	receive(handler: SharedEventHandler): void;
	/** Resolves when the transport is connected. Events sent before are the transport's to keep. */
	ready?: Promise<void> | undefined;
}
/** A sync adapter that rides on channels. */
export interface ChannelSync extends SyncAdapter {
	/**
	 * One more channel, at the synchronizer's end; at a mirror's, another one in place of one that has closed: what was
	 * written in between is sent then. A channel is left out again when it closes.
	 */
	add(channel: AnyChannel): void;
}
/**
 * A transport of the cache that rides on channels, beside their sessions: one channel for a mirror, any number for the
 * synchronizer, which answers each mirror on the channel that it is at. One per channel.
 *
 * What a session's listener writes to the cache carries the session's id in `event.session`, to the synchronizer and
 * from there to everybody: in Node, or if the channel has a `context`. `adapter.on` tells it, as `change.session`.
 *
 * @example
 * ```ts
 * // In the engine, with one channel per plugin:
 * const sync = ChannelSyncAdapter();
 * createPSCSynchronizer(sync);
 * sync.add(new Channel(fork('./plugin.mjs')));
 * // In each plugin:
 * const cache = createPSCAdapter(ChannelSyncAdapter(new Channel(process)));
 * ```
 */
export declare function ChannelSyncAdapter(...channels: AnyChannel[]): ChannelSync;
/**
 * Marks a payload, a result or an item, so that what is listed is moved to the other side and not copied: buffers,
 * ports. Transports that have no transfer list copy it as they copy everything.
 *
 * @returns the value.
 *
 * @example
 * ```ts
 * return transfer({ pixels }, [pixels.buffer]);
 * ```
 */
export declare function transfer<T extends object>(value: T, list: readonly unknown[]): T;
interface Emitter {
	on(event: string, listener: never): unknown;
	removeListener(event: string, listener: never): unknown;
}
/** What of Electron's `ipcRenderer` is used. */
export interface RendererIpc extends Emitter {
	send(channel: string, message: unknown): void;
}
/** What of Electron's `ipcMain` is used. */
export type MainIpc = Emitter;
/** What of Electron's `WebContents` is used. */
export interface Contents extends Emitter {
	readonly id: number;
	send(channel: string, message: unknown): void;
	isDestroyed(): boolean;
	getURL(): string;
	isLoadingMainFrame(): boolean;
	isCrashed?(): boolean;
	/** Where the document is that the window shows. */
	readonly mainFrame?: {
		readonly processId: number;
		readonly routingId: number;
	};
}
/**
 * A transport from a window to the main process: for its preload script, sandboxed or not. Messages are cloned;
 * Electron's IPC moves nothing but ports.
 *
 * @param ipcRenderer - Electron's.
 * @param channel - The channel of the IPC; the same at both ends.
 */
export declare function ipcRendererTransport(ipcRenderer: RendererIpc, channel?: string): Transport;
/**
 * A transport from the main process to one window. Only messages of that window's main frame are heard. When the window
 * is closed, crashes or goes to another page, the other end has gone: make a new channel for the new page, once its
 * `did-navigate` has come.
 *
 * @param ipcMain - Electron's.
 * @param contents - The window's `webContents`.
 * @param channel - The channel of the IPC; the same at both ends.
 */
export declare function ipcMainTransport(ipcMain: MainIpc, contents: Contents, channel?: string): Transport;
/** What of Electron's `MessagePortMain` is used. */
export interface PortMain extends Emitter {
	postMessage(message: unknown, transfer?: never): void;
	start(): void;
}
/** A transport over a `MessagePortMain`, in the main process or a utility process. Only ports can be moved. */
export declare function messagePortMainTransport(port: PortMain): Transport;
/** What of Electron's `UtilityProcess` is used. */
export interface UtilityChild extends Emitter {
	readonly pid: number | undefined;
	postMessage(message: unknown, transfer?: never): void;
}
/** A transport from the main process to a utility process. Only ports can be moved. */
export declare function utilityProcessTransport(child: UtilityChild): Transport;
/** What of `process.parentPort` in a utility process is used. */
export interface UtilityParentPort extends Emitter {
	postMessage(message: unknown): void;
}
/** A transport from a utility process to the main process: `parentPortTransport(process.parentPort)`. */
export declare function parentPortTransport(parentPort: UtilityParentPort): Transport;
/** What of a page's `MessagePort` or `Worker`, or of a worker's own `self`, is used. */
export interface EventTargetPort {
	postMessage(message: unknown, transfer: never[]): void;
	addEventListener(type: string, listener: never): void;
	removeEventListener(type: string, listener: never): void;
	/** A port has it, and delivers nothing before. */
	start?(): void;
}
/** What of a `MessagePort`, a `Worker` or the `parentPort` of `node:worker_threads` is used. */
export interface NodePort extends Emitter {
	postMessage(message: unknown, transfer?: never): void;
}
/**
 * A transport over ports: Node's `Worker`, `parentPort` and `MessagePort`, and a page's `MessagePort` and `Worker`.
 *
 * Messages are cloned, and what was marked with `transfer` is moved. A thread that exits, and a port of Node's that
 * closes, is noticed; pages are not told when the other end of a port goes.
 *
 * @example
 * ```ts
 * const channel = new Channel(portTransport(new Worker('./worker.mjs')));
 * ```
 */
export declare function portTransport(port: NodePort | EventTargetPort): Transport;
/** What of a `WebSocket` is used: a page's, Node's, or that of `ws`. */
export interface SocketLike {
	/** 0 while it connects, 1 when it is open, 2 and 3 when it closes and is closed. */
	readonly readyState: number;
	send(data: string): void;
	addEventListener(type: string, listener: never): void;
	removeEventListener(type: string, listener: never): void;
}
/** Turns messages into text and back, for what JSON does not fit. Both functions have to be pure. */
export interface MessageCodec {
	/** Encodes a message. What it throws becomes the `cause` of an `ERR_PSC_NOT_SENDABLE`. */
	encode(message: unknown): string;
	/** Decodes what {@link MessageCodec.encode} made. */
	decode(text: string): unknown;
}
/**
 * A transport over a WebSocket, a page's or that of `ws`. Messages are JSON text, unless a codec says otherwise. What
 * is sent while it connects waits. Binary messages, and text that is no JSON, are left to others.
 *
 * @example
 * ```ts
 * server.on('connection', (socket) => new Channel(webSocketTransport(socket)));
 * ```
 */
export declare function webSocketTransport(socket: SocketLike, codec?: MessageCodec): Transport;

export {};
