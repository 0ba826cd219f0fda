// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.

/** Options of {@link PSCAtomics.increment}. */
export interface IncrementOptions {
	/**
	 * Milliseconds that the entry lives after it was created. Later increments do not prolong it: the first one opens a
	 * window of fixed length.
	 * @default the adapter's `ttl`
	 */
	ttl?: number | undefined;
}
/**
 * Changes that no other process comes between: of all who change a key at the same time, each finds what the one before
 * has left. They are tried again until they succeed, however many there are.
 */
export interface PSCAtomics {
	/**
	 * Replaces the value of a key by what `change` makes of it; `undefined` removes the key. Resolves to the new value when
	 * that is settled, as for {@link PSCStorageAdapter.set}; after writes of this process that were made before.
	 *
	 * `change` is called synchronously, again each time somebody else was faster: it must do nothing but compute. It gets a
	 * copy of its own, which it may change and return, or undefined if there is no entry.
	 *
	 * The entry keeps the end that it has; a new one lives for the adapter's `ttl`. What alova's own record says of its end
	 * comes first, as always.
	 *
	 * Rejects with what `change` throws, with `ERR_PSC_INVALID_OPTION` if it returns a promise, with `ERR_PSC_UNSUPPORTED`
	 * over a transport or towards a synchronizer that does not know of this, and otherwise as
	 * {@link PSCStorageAdapter.set}; nothing has changed then. Only after `ERR_PSC_TIMEOUT` and `ERR_PSC_CLOSED` a mirror
	 * cannot tell.
	 */
	update<T>(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
	/**
	 * Adds to the number in a key, and resolves to the sum. No entry counts as 0. An entry that is there keeps the end that
	 * it has.
	 *
	 * Rejects with `ERR_PSC_NOT_A_NUMBER` if the key holds something else, or if the sum is not finite, and otherwise as
	 * {@link PSCAtomics.update}.
	 *
	 * @param by - What is added, any finite number. @default 1
	 * @param options - See {@link IncrementOptions}.
	 */
	increment(key: string, by?: number, options?: IncrementOptions): Promise<number>;
}
/**
 * What happens to an entry: it is set or removed by somebody, it leaves for room (`evict`) or because its time is over
 * (`expire`). `clear` concerns all entries of the scope. `lost`: changes before this one were not told.
 */
export type PSCChangeType = "set" | "remove" | "clear" | "evict" | "expire" | "lost";
/** A change, without the value: `get` has the one that the key has by now, which may be a later one. */
export interface PSCChange {
	/** What happened. */
	readonly type: PSCChangeType;
	/** The key; `''` for `clear` and `lost`. */
	readonly key: string;
	/** The adapter's scope; left out where it has none. */
	readonly scope?: string | undefined;
	/** Id of the process that did it: for a window's write, that of the main process. Unknown behind transports that strip it. */
	readonly pid?: number | undefined;
	/**
	 * Id of the session in which it was done, if it was done in one: that of `psc-native/session` whose listener did it, or
	 * what the writer's `session` option says.
	 */
	readonly session?: string | undefined;
	/** Its place in the one order of all changes, where there is one: only grows, and is not dense. */
	readonly seq?: number | undefined;
}
/** Listening to the changes of an adapter's scope, whatever process made them. */
export interface PSCChanges {
	/**
	 * Calls the listener, later, at each change of this type in the adapter's scope, in order, this process's own changes
	 * included. By then the adapter reads what the change has brought, or something later.
	 *
	 * An adapter that maps the cache itself is told every change, as long as it is not so far behind that the cache has
	 * written over them; a mirror is told the last change of a key alone where several came at once. Where changes could
	 * not be told, because of that or because the cache was replaced by another, there is a `lost` in their place.
	 *
	 * What a listener throws, or rejects with, is ignored. Listening ends with the function that is returned, any number
	 * of calls of which are one, or with the adapter's `close()`. It keeps no process alive.
	 *
	 * Throws `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_CLOSED` after `close()`.
	 */
	on(type: PSCChangeType, listener: (change: PSCChange) => void): () => void;
}
/** What a window may send and hold, in `createElectronPSCSynchronizer`. */
export interface ElectronLimits {
	/**
	 * Most bytes of a key.
	 * @default 64 KiB, which is also the most
	 */
	maxKeyBytes?: number | undefined;
	/**
	 * Most bytes of one encoded value.
	 * @default 16 MiB
	 */
	maxValueBytes?: number | undefined;
	/**
	 * Most bytes of entries that one window has set last and that are still there, and as many of all that it embeds.
	 * Beyond it, its writes reject with `ERR_PSC_QUOTA_EXCEEDED`; nobody else's do.
	 * @default 32 MiB
	 */
	maxBytes?: number | undefined;
	/**
	 * Most events per second, and at once, of what a window shows, and as many of all that it embeds. Each 8 KiB that an
	 * event or its answer is long count as one more, and an answer as 20. A window that sends more is not heard until it
	 * has sent next to nothing for a second: the first write beyond it rejects with `ERR_PSC_RATE_LIMITED`, the others with `ERR_PSC_TIMEOUT`.
	 * @default 20,000
	 */
	maxEventsPerSecond?: number | undefined;
	/**
	 * Most bytes that an adapter in a preload script is given while it waits, the newest entries; the rest follows.
	 * @default 4 MiB
	 */
	firstBytes?: number | undefined;
}
/**
 * What mirrors and the synchronizer tell each other. The first five fields are those of `@alova/psc`; the others are
 * optional, left out where they have nothing to say, and ignored by receivers that do not know them.
 */
export interface SharedCacheEvent {
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
/** Options of {@link PSCFlights.getOrSet}. */
export interface GetOrSetOptions {
	/**
	 * Milliseconds that the value lives, where alova's own record does not say.
	 * @default the adapter's `ttl`
	 */
	ttl?: number | undefined;
	/**
	 * Milliseconds after which the call rejects with `ERR_PSC_TIMEOUT` if there is no value yet, whether others compute it or
	 * its own factory runs. A factory that has begun goes on, and what it makes is set. Give one where factories may wait for
	 * each other.
	 * @default none: it is waited for as long as somebody computes
	 */
	timeout?: number | undefined;
}
/** What computes a value once for all. */
export interface PSCFlights {
	/**
	 * The value of a key; if there is none, what `factory` makes, which is set then. Of all processes that miss the key at
	 * the same time one runs its factory, and all get that value: whoever waits is woken when it is set.
	 *
	 * A factory that throws, or whose promise rejects, does so to all who wait in its process; another process that waits
	 * runs its own then. If the process that runs it ends, another one takes its place at once; one that does not run for
	 * longer than its lease is not waited for any more. While a factory runs it is waited for, however long that takes, unless
	 * `timeout` says otherwise.
	 *
	 * **A write to the key makes what is being computed worthless**: when anybody sets, removes, updates or clears the key
	 * while a factory runs, what that makes is not set, so neither an invalidation nor a newer value is overwritten by an older
	 * one. Those who asked before the write, in that process, get the factory's value all the same; who asks after it begins
	 * anew, at once. A mirror takes writes of others into account from when it hears of them.
	 *
	 * What is returned is returned even if it cannot be set, because it cannot be encoded or is too large, and `undefined`
	 * is never set: then the next caller runs its factory. Without a synchronizer, or with no room for another lock, each
	 * process computes for itself after a second, and sets the value if the key has none by then.
	 *
	 * A factory that asks for its own key, directly or by the factory of another one, would wait for itself: the inner call
	 * rejects with `ERR_PSC_DEADLOCK`, where the runtime tells inside which calls code runs (Node and Electron's main process;
	 * in windows, give a `timeout`). Factories of different calls that wait for each other are ended by a `timeout` alone.
	 *
	 * Rejects with what the factory rejects with; with `ERR_PSC_TIMEOUT`, `ERR_PSC_DEADLOCK`, `ERR_PSC_INVALID_KEY`, `ERR_PSC_INVALID_OPTION`, `ERR_PSC_SERIALIZE`
	 * if what is there cannot be decoded, and `ERR_PSC_CLOSED`, also when the adapter is closed while it waits.
	 */
	getOrSet<T>(key: string, factory: () => T | Promise<T>, options?: GetOrSetOptions): Promise<T>;
}
/**
 * Locks on names, shared by all processes of a scope: what `atomize` of `alova/server` needs of an `l2Cache`. Names are
 * of their own kind, and never meet the cache's keys.
 *
 * Fair: whoever asked first gets it first, in whichever process. Whoever waits is woken, and does not poll. All callers
 * exclude each other, those of one process too, and those of one adapter.
 *
 * Leased: a holder that ends, however it ends, is in nobody's way from then on; one that does not run (stopped by a
 * signal or a debugger, or its event loop stands still) for longer than its lease loses what it holds. It is told so by
 * a warning of the process, `PSC_LOCK_LOST`, when it runs again; so what a lock guards against is two at a time while
 * both run, and what must not happen twice whatever happens has to check for itself.
 *
 * Where the cache is replaced by a new one (its file was removed), who waits goes on waiting there, and who holds holds
 * nothing there.
 */
export interface PSCLocker {
	/**
	 * Resolves when this caller holds the resource; of several, all of them, had in one step, so that no two callers can
	 * wait for each other. The same caller asking again waits for itself.
	 *
	 * Rejects with `ERR_PSC_LOCK_TIMEOUT` after one second, having locked nothing, so that `atomize` comes to see its own
	 * time-out; with `ERR_PSC_TOO_MANY_LOCKS` if the cache has no room for another; with `ERR_PSC_INVALID_OPTION`; with
	 * `ERR_PSC_CLOSED`, also when the adapter is closed meanwhile.
	 */
	lock(resource: string | string[]): Promise<void>;
	/**
	 * Frees what this process holds of the resource, whichever of its adapters of the scope locked it, and nobody else's.
	 * Of what was locked at once, a part may be freed. Resolves, and does nothing, for what this process does not hold.
	 *
	 * Rejects with `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_CLOSED` after `close()`, which has freed everything.
	 */
	unlock(resource: string | string[]): Promise<void>;
}
/** What has a {@link PSCLocker}. */
export interface PSCLocking {
	/** Locks on names. */
	readonly locker: PSCLocker;
}
/** How values become text or bytes, for values that JSON does not fit. Both functions have to be pure. */
export interface ValueCodec {
	/** Encodes a value. What it throws becomes the `cause` of an `ERR_PSC_SERIALIZE`. Mirrors can only carry text. */
	encode(value: unknown): string | Uint8Array;
	/** Decodes what {@link ValueCodec.encode} made, possibly in another process. */
	decode(encoded: string | Uint8Array): unknown;
}
/** Options of a PSC adapter. */
export interface ProcessSharedCacheAdapterOptions {
	/**
	 * An isolated namespace of keys: no scope sees, clears or receives another's entries. A string of at most 4 KiB in
	 * UTF-8.
	 *
	 * Or a function that names it at each call, so that one adapter serves all users of a server, each in a scope of
	 * their own: `createRequestScope().scope` is one. Where it returns undefined or throws, the call fails with
	 * `ERR_PSC_NO_SCOPE`: it never reaches the entries of no scope, nor anybody's. Scopes cost nothing once their entries
	 * are gone.
	 * @default no scope, which is a namespace of its own and not the scope `''`
	 */
	scope?: string | (() => string | undefined) | undefined;
	/**
	 * A scope beneath the adapter's own: `get` returns what is there where its own scope has nothing. It is only read;
	 * what is set, removed or cleared is in the adapter's own scope. alova's records of hit sources are not looked for
	 * there, so that nobody learns of another's keys.
	 * @default none
	 */
	sharedScope?: string | undefined;
	/**
	 * What `clear()` does, and so `alova.destroy()` and alova's `invalidateCache()` without a method: `'scope'` removes
	 * every entry of the scope, for every process. `'detach'` removes none; it only drops the decoded values that this
	 * process keeps, so that it reads the shared ones anew. A mirror has nothing to drop.
	 * @default 'scope'
	 */
	onClear?: "scope" | "detach" | undefined;
	/**
	 * Milliseconds that an entry lives after it was set, where alova's own record does not say.
	 * @default entries do not expire
	 */
	ttl?: number | undefined;
	/**
	 * How values are encoded. `'structured'` also takes Date, Map, Set, BigInt, typed arrays, undefined and cycles, and
	 * works between native processes only. All adapters of a scope have to use the same codec.
	 * @default 'json'
	 */
	codec?: "json" | "structured" | ValueCodec | undefined;
	/**
	 * Whether each `get` returns a copy of its own, and `set` keeps a copy of the value. Otherwise all readers of one
	 * process share one object, as with alova's own memory cache, and changing it changes what the others read.
	 * @default false
	 */
	copy?: boolean | undefined;
	/**
	 * Bound, in estimated bytes, of the decoded values that this process keeps. A mirror with a storage of the user's
	 * own is bounded by that instead.
	 * @default 640 KiB where the process maps the cache itself, which keeps the hottest only; 64 MiB for a mirror
	 */
	memoBytes?: number | undefined;
	/**
	 * Milliseconds for which a lock stays with a holder that does not run: one that was stopped, or whose event loop
	 * stands still. While it runs, its leases are renewed by themselves.
	 * @default 10000
	 */
	lease?: number | undefined;
	/**
	 * Names the session in which a call is made that changes entries. Every process is told the change with it, in
	 * `change.session`, so that a log can say which call changed what. It only informs: what it throws is ignored, and of a
	 * long name the first 256 bytes are kept. Return undefined for none.
	 * @default in Node, the id of the session of `psc-native/session` whose listener makes the call, or awaits who does
	 */
	session?: (() => string | undefined) | undefined;
}
/** Options of `createMemoryStorage`. */
export interface MemoryStorageOptions {
	/**
	 * Most entries. Beyond it, the least recently used leave.
	 * @default no limit but `maxBytes`
	 */
	max?: number | undefined;
	/**
	 * Bound of all entries, in bytes: encoded values, keys, and 256 for each. Beyond it, the least recently used leave. A
	 * value that is larger than all of it is not kept.
	 * @default 64 MiB
	 */
	maxBytes?: number | undefined;
	/**
	 * Milliseconds that an entry lives after it was set, where alova's own record does not say.
	 * @default entries do not expire
	 */
	ttl?: number | undefined;
	/**
	 * How values are encoded. `'structured'` also takes Date, Map, Set, BigInt, typed arrays, undefined and cycles.
	 * @default 'json'
	 */
	codec?: "json" | "structured" | ValueCodec | undefined;
	/**
	 * Whether each `get` returns a copy of its own. Otherwise readers share one object while it is remembered.
	 * @default false
	 */
	copy?: boolean | undefined;
	/**
	 * Bound, in estimated bytes, of the decoded values that are remembered beside the encoded ones, the hottest only.
	 * @default 640 KiB
	 */
	memoBytes?: number | undefined;
}
/** Counts of a memory storage, since it was made. */
export interface MemoryStorageStats {
	/** Entries held. */
	readonly entries: number;
	/** Bytes of them, of what `maxBytes` bounds. */
	readonly bytes: number;
	/** The bound. */
	readonly maxBytes: number;
	/** Entries that left for room, and values that were too large to be kept. */
	readonly evictions: number;
	/** Entries whose time was over. */
	readonly expirations: number;
	/** Reads that found a value. */
	readonly hits: number;
	/** Reads that found none. */
	readonly misses: number;
	/** Hits that decoded nothing. */
	readonly memoHits: number;
	/** `memoHits` of all hits, 0 to 1; 0 without a hit. */
	readonly memoHitRate: number;
}
/**
 * What `createMemoryStorage` returns: alova's storage adapter, synchronous. A plain object whose functions are its own
 * properties.
 */
export interface MemoryStorage {
	/**
	 * Keeps a value. One that is larger than `maxBytes` is not kept, and the key is a miss then.
	 *
	 * Throws `ERR_PSC_INVALID_KEY`, `ERR_PSC_KEY_TOO_LARGE`, `ERR_PSC_SERIALIZE`, having changed nothing.
	 */
	set(key: string, value: unknown): void;
	/** The value, the same object while it is remembered; undefined for a miss. Throws `ERR_PSC_INVALID_KEY`. */
	get<T>(key: string): T | undefined;
	/** Forgets a key. Throws `ERR_PSC_INVALID_KEY`. */
	remove(key: string): void;
	/** Forgets all keys. */
	clear(): void;
	/** The counts so far. */
	stats(): MemoryStorageStats;
}
/** What alova's `createEventManager()` makes, as far as a storage needs one. */
export interface CacheEmitter {
	/** Calls the handler at each `emit` of this type. Returns what stops that. */
	on(type: string, handler: (event: never) => void): () => void;
	/** Stops calling a handler, or all of this type. alova's type has it return a function; this one does nothing. */
	off(type: string, handler?: (event: never) => void): () => void;
	/** Calls the handlers of this type, and returns what they return. */
	emit(type: string, event: unknown): unknown[];
	/** The handlers, by type. */
	readonly eventMap: Readonly<Record<string, never>>;
}
/** What `createNullStorage` returns: alova's storage adapter that keeps nothing. */
export interface NullStorage {
	/** Keeps nothing. */
	set(key: string, value: unknown): void;
	/** Always a miss. */
	get<T>(key: string): T | undefined;
	/** Does nothing. */
	remove(key: string): void;
	/** Does nothing. */
	clear(): void;
	/** As alova's own storages have one. Nothing here emits: there is nothing to tell. */
	readonly emitter: CacheEmitter;
}
/** What is known of an alova method in {@link RequestScope.beforeRequest} whose parameter has no type of its own. */
export interface AlovaMethodLike {
	baseURL: string;
	url: string;
	readonly type: string;
	data?: unknown;
	meta?: unknown;
	readonly config: {
		headers: Record<string, unknown>;
		params: unknown;
		shareRequest?: boolean | undefined;
	};
}
/** What of a Node request is known where a framework's own type is not. */
export interface RequestLike {
	readonly url?: string | undefined;
	readonly method?: string | undefined;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** Options of `createRequestScope`. */
export interface RequestScopeOptions<Store> {
	/**
	 * Names the cache scope of a store; called at each access, so it should only look. Of what it returns, two users must
	 * never have the same: an id, and not a display name.
	 * @default the store itself, which has to be a string then
	 */
	scope?: ((store: Store) => string) | undefined;
}
/** Options of `register` for {@link RequestMiddleware.fastify}. */
export interface FastifyRequestOptions {
	/**
	 * The hook in which the store is made: a later one where an earlier plugin finds out who the user is.
	 * @default 'onRequest'
	 */
	hook?: "onRequest" | "preValidation" | "preHandler" | undefined;
}
/** What of a Fastify instance is used. */
export interface FastifyLike {
	addHook(name: "onRequest" | "preValidation" | "preHandler", hook: (request: object, reply: unknown, next: (error?: Error) => void) => void): unknown;
}
/** What `fastify.register` takes. */
export type FastifyRequestPlugin = (instance: FastifyLike, options: FastifyRequestOptions, done: (error?: Error) => void) => void;
/**
 * The ways into a request scope. Each is given a function that makes the store of a request, or a promise of it; what that
 * throws is the request's failure.
 */
export interface RequestMiddleware<Store> {
	/** `app.use(requests.express((request) => …))`, for Express and what is like it. */
	express<Request extends object = RequestLike>(from: (request: Request) => Store | PromiseLike<Store>): (request: Request, response: unknown, next: (error?: unknown) => void) => void;
	/** `app.use(requests.koa((context) => …))` */
	koa<Context extends object = RequestLike>(from: (context: Context) => Store | PromiseLike<Store>): (context: Context, next: () => Promise<unknown>) => Promise<unknown>;
	/** `app.register(requests.fastify((request) => …))`, with {@link FastifyRequestOptions}. */
	fastify<Request extends object = RequestLike>(from: (request: Request) => Store | PromiseLike<Store>): FastifyRequestPlugin;
	/**
	 * `createServer(requests.http((request) => …, listener))`. Where making the store throws or rejects, the request is answered
	 * with 500, and a warning with the code `PSC_REQUEST_FAILED` says why; the listener is not called.
	 */
	http<Request extends object, Response extends object>(from: (request: Request) => Store | PromiseLike<Store>, listener: (request: Request, response: Response) => unknown): (request: Request, response: Response) => void;
}
/** What `createRequestScope` returns. Its functions need no `this`. */
export interface RequestScope<Store> extends RequestMiddleware<Store> {
	/**
	 * Runs something, and what it awaits, with a store. Returns what it returns; of a method of alova, which is sent only
	 * when somebody awaits it, the promise of the response, so that it is sent with this store. Scopes nest; the innermost
	 * counts.
	 */
	run<Result>(store: Store, fn: () => Result): Result;
	/** The store of the request that is being served; undefined outside of any. */
	getStore(): Store | undefined;
	/** The cache scope of the request that is being served; undefined outside of any. To be given to an adapter. */
	readonly scope: () => string | undefined;
	/**
	 * A function that runs with the store of now, whenever it is called: for event emitters, whose listeners are called in
	 * the context of who emits, such as `request.on('end', requests.bind(() => …))`.
	 */
	bind<Args extends unknown[], Result>(fn: (...args: Args) => Result): (...args: Args) => Result;
	/**
	 * alova's `beforeRequest`, with the store. It also sets `shareRequest` of the method to false: otherwise alova gives one
	 * response to all who ask for the same at once, whoever they are.
	 *
	 * Outside of a request, what it returns throws `ERR_PSC_NO_SCOPE`.
	 */
	beforeRequest<Method extends AlovaMethodLike>(change: (method: Method, store: Store) => void | Promise<void>): (method: Method) => void | Promise<void>;
}
/** Reads, since they are counted. */
export interface PSCReadStats {
	/** Reads that found a value. */
	readonly hits: number;
	/** Reads that found none. */
	readonly misses: number;
	/** Hits that decoded nothing, because the value was remembered. */
	readonly memoHits: number;
	/** `memoHits` of all hits, 0 to 1; 0 without a hit. */
	readonly memoHitRate: number;
}
/** What an adapter's scope holds, and how this adapter reads it. */
export interface PSCScopeStats extends PSCReadStats {
	/** Entries; undefined where they are in a storage of the user's own. */
	readonly entries: number | undefined;
	/** Bytes of them, keys and bookkeeping included. */
	readonly bytes: number | undefined;
}
/** What the whole cache holds, and how this process reads it, through whatever adapter and scope. */
export interface PSCTotalStats extends PSCReadStats {
	/** Entries of all scopes. */
	readonly entries: number | undefined;
	/** Bytes of them, keys and bookkeeping included. */
	readonly bytes: number | undefined;
	/** The bound of everything; undefined where the user's own storage has it. */
	readonly maxBytes: number | undefined;
	/** What of it entries can have; less than was asked for where the file system was full. */
	readonly capacityBytes: number | undefined;
	/** Entries of any scope that left for room, by whatever process, since the cache was made. */
	readonly evictions: number;
	/** Entries of any scope whose time was over, likewise. */
	readonly expirations: number;
}
/**
 * Counts of an adapter. Of one that maps the cache itself, they are of the cache that all processes share, and zero until
 * it has joined it; of a mirror they are of its copy, so that `scope` and `total` are about the same entries.
 */
export interface PSCAdapterStats {
	/** Of the adapter's scope. Evictions are not counted by scope: scopes keep no state, or a million would cost. */
	readonly scope: PSCScopeStats;
	/** Of all scopes. */
	readonly total: PSCTotalStats;
	/**
	 * How many writes of this adapter were refused, by the code of the error: what cannot be encoded, is too large, and so on.
	 * The first of each code is also told by a warning of the process with the code `PSC_WRITE_REFUSED`.
	 */
	readonly refused: Readonly<Record<string, number>>;
}
/** Asking an adapter for its counts. */
export interface PSCStatistics {
	/**
	 * The counts at this moment. Entries and bytes of a scope are counted by a walk over the index of the cache: some ten
	 * milliseconds for 64 MiB, so ask now and then.
	 */
	stats(): PSCAdapterStats;
}
/**
 * Where a mirror may keep its entries: an alova storage adapter, synchronous or not. It is cleared when the mirror
 * joins.
 */
export interface StorageAdapter {
	/** Keeps a value. */
	set(key: string, value: unknown): unknown;
	/**
	 * The value; undefined, or null, for a miss: a `null` that was set reads as a miss from a storage of your own. Where it
	 * returns a promise, so does the PSC adapter.
	 */
	get<T>(key: string): T | undefined | Promise<T | undefined>;
	/** Forgets a key. */
	remove(key: string): unknown;
	/** Forgets all keys. */
	clear(): unknown;
}
/**
 * What `createPSCAdapter` returns: a storage adapter for alova's `l1Cache` or `l2Cache`, shared by all processes of a
 * scope. A plain object whose functions are its own properties, so that it passes through Electron's
 * `contextBridge`. Has `Symbol.dispose` where the runtime has that symbol.
 *
 * No method throws; all report errors by rejecting, except `get`, `on` and `stats`, which return no promise. A rejection
 * that nobody handles is not reported to the process: a cache that cannot write must not end its host.
 */
export interface PSCStorageAdapter extends PSCAtomics, PSCFlights, PSCLocking, PSCChanges, PSCStatistics {
	/**
	 * Sets a key. Reads in this process see the value when the call returns; the promise resolves when the write is
	 * settled: it has its place in the one order, and no later reader finds an older value. While there is no synchronizer, it
	 * resolves after 250 ms at most: the value is read here, and shared as soon as there is one.
	 *
	 * Rejects with `ERR_PSC_INVALID_KEY`, `ERR_PSC_SERIALIZE` or `ERR_PSC_QUEUE_FULL` having changed nothing; with the
	 * error of the store (`ERR_PSC_VALUE_TOO_LARGE`, …) if that refused it, and the key then reads as before; with
	 * `ERR_PSC_TIMEOUT` if nobody settled it in time; with `ERR_PSC_CLOSED`.
	 */
	set(key: string, value: unknown): Promise<void>;
	/**
	 * The value, synchronously; undefined for a miss. A promise only if the user's own storage returns one.
	 *
	 * Throws `ERR_PSC_INVALID_KEY`, and `ERR_PSC_CLOSED` after `close()`.
	 */
	get<T>(key: string): T | undefined;
	/** Removes a key. Promises and rejects as {@link PSCStorageAdapter.set}. */
	remove(key: string): Promise<void>;
	/**
	 * Removes every entry of the scope that was set before. Promises and rejects as {@link PSCStorageAdapter.set}; for
	 * each key, not as one step across all keys.
	 */
	clear(): Promise<void>;
	/**
	 * Leaves. Writes that are not settled reject with `ERR_PSC_CLOSED`; those already sent may still be applied. Any
	 * number of calls is one.
	 */
	close(): void;
	/**
	 * Resolves when this process has what the others have set before. Rejects with `ERR_PSC_CLOSED` if the adapter was
	 * closed first. Reading and writing need not wait for it.
	 */
	readonly ready: Promise<void>;
}
/** Options of `createPSCSynchronizer`. */
export interface PSCSynchronizerOptions {
	/**
	 * Bound of everything the synchronizer's store keeps, in bytes. At least 1 MiB.
	 * @default 64 MiB
	 */
	maxBytes?: number | undefined;
	/**
	 * Most bytes of one encoded value, at most a quarter of `maxBytes`.
	 * @default 16 MiB, or a quarter of `maxBytes` if that is less
	 */
	maxValueBytes?: number | undefined;
}
/** A user or a group, by their number. */
export type PSCAdmission = {
	readonly user: number;
	readonly group?: undefined;
} | {
	readonly group: number;
	readonly user?: undefined;
};
/** Options of `createNodePSCSynchronizer`. */
export interface NodePSCSynchronizerOptions extends PSCSynchronizerOptions {
	/**
	 * Directory of the file that holds the cache. It has to belong to this user and to nobody else.
	 * @default memory (`/dev/shm`) if that has twice `maxBytes` free, else the temporary directory
	 */
	directory?: string | undefined;
	/**
	 * A file that keeps the cache when all processes have ended: for a deploy, a reboot, a crash of the operating system. What
	 * was set is in it when `set` resolves, and on the disk within a second, or when the stop function has resolved. A crash
	 * of the operating system may lose, or undo, what was written after that. What is damaged in it is left out, never read.
	 *
	 * An absolute path, or one from the working directory, on a local disk, with room for twice `maxBytes` at a start. Its
	 * folder is made if there is none (0700); the file is this user's alone (0600). Not together with `directory`.
	 * @default the cache ends with the last process that uses it
	 */
	persist?: string | undefined;
	/**
	 * Whom root lets use its cache: workers that give up their privileges with `process.setuid`, before or after they make their
	 * adapters, and all other processes of that user or group. They can read and write all of it; nobody else can. Only for a
	 * synchronizer of root's, and not on Windows. With `persist`, or a `directory` of your own, see that they can enter its
	 * folder (mode 711).
	 * @default nobody: each user has caches of their own
	 */
	admit?: PSCAdmission | undefined;
	/**
	 * Whether the process may end although the synchronizer is running.
	 * @default false
	 */
	unref?: boolean | undefined;
}
/** Counts of a synchronizer, from its start on. */
export interface PSCSynchronizerStats {
	/** Events received. */
	readonly received: number;
	/** Writes that the store took. */
	readonly applied: number;
	/** Writes that had been applied or rejected before. */
	readonly duplicates: number;
	/** Writes that the store refused. */
	readonly rejected: number;
	/** Questions (`init`) answered. */
	readonly answered: number;
	/** Events that were the synchronizer's own, given back by a transport that is a bus. */
	readonly ignored: number;
	/** Events that had not the shape of an event, or whose value is no JSON. */
	readonly malformed: number;
	/** Events that a transport refused to send, or that the store could not take for want of the platform. */
	readonly failures: number;
}
/** What `createPSCSynchronizer` returns. */
export interface PSCSynchronizer {
	/** Stops taking events. Any number of calls is one. */
	close(): void;
	/** The counts so far. */
	stats(): PSCSynchronizerStats;
}
/** Takes an event, and, where the transport can answer the sender alone, a function that does. */
export type SharedEventHandler = (event: SharedCacheEvent, replyFn?: (event: SharedCacheEvent) => void | Promise<void>) => void | Promise<void>;
/**
 * A transport between mirrors and the synchronizer. Events may arrive more than once and overtake each other: they are
 * put in order at either end. What comes more than a second after what was sent later counts as lost, and a write in it
 * rejects with `ERR_PSC_OUT_OF_ORDER`. The sender's own events may or may not come back to it. A transport that strips
 * fields which `@alova/psc` does not know has to keep the order.
 */
export interface SyncAdapter {
	/**
	 * Sends an event to the other side. One that throws has not sent it: the mirror sends it again, in order, later.
	 */
	send(event: SharedCacheEvent): void | Promise<void>;
	/** Registers the receiver of the other side's events. Called once per sync adapter, however many adapters use it. */
	receive(handler: SharedEventHandler): void;
	/** Resolves when the transport is connected. Events sent before are the transport's to keep. */
	ready?: Promise<void> | undefined;
}
/** Returns what it is given: helps with the types of a sync adapter of your own. */
export declare function createSyncAdapter<T extends SyncAdapter>(syncAdapter: T): T;
/**
 * Creates a storage for alova's `l1Cache` or `l2Cache` that all processes of a scope share.
 *
 * On `NodeSyncAdapter()` and without a storage of your own, it reads and writes the shared store itself. Otherwise it
 * is a mirror: it keeps a copy of its scope, sends what it writes to the synchronizer and follows the one order that
 * comes back. Either way reads are synchronous, a value set by one process is seen by all, and all agree on it
 * whatever raced.
 *
 * @param syncAdapter - The transport to the synchronizer.
 * @param storage - Where a mirror keeps its copy; cleared when it joins. By default in memory, within `memoBytes`.
 * @param options - See {@link ProcessSharedCacheAdapterOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION` or `ERR_PSC_INVALID_SCOPE`.
 */
export declare function createPSCAdapter(syncAdapter: SyncAdapter, storage?: StorageAdapter, options?: ProcessSharedCacheAdapterOptions): PSCStorageAdapter;
/**
 * {@link createPSCAdapter} as a class, as `@alova/psc` has it, with the storage first. An instance has its functions
 * as properties of its own, so it passes through `contextBridge` as well.
 */
export declare class PSCAdapter implements PSCStorageAdapter {
	readonly set: PSCStorageAdapter["set"];
	readonly get: PSCStorageAdapter["get"];
	readonly remove: PSCStorageAdapter["remove"];
	readonly clear: PSCStorageAdapter["clear"];
	readonly getOrSet: PSCStorageAdapter["getOrSet"];
	readonly locker: PSCStorageAdapter["locker"];
	readonly update: PSCStorageAdapter["update"];
	readonly increment: PSCStorageAdapter["increment"];
	readonly close: PSCStorageAdapter["close"];
	readonly ready: PSCStorageAdapter["ready"];
	readonly on: PSCStorageAdapter["on"];
	readonly stats: PSCStorageAdapter["stats"];
	/** As {@link createPSCAdapter}. */
	constructor(storage: StorageAdapter, syncAdapter: SyncAdapter, options?: ProcessSharedCacheAdapterOptions);
}
/** What of Electron's `ipcRenderer` is used. */
export interface IpcRenderer {
	on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown;
	emit(channel: string, ...payload: unknown[]): unknown;
	/** Missing in test doubles written for `@alova/psc` only. */
	send?(channel: string, ...args: unknown[]): unknown;
	/** As `send`. */
	sendSync?(channel: string, ...args: unknown[]): unknown;
}
/** What of a frame, a `WebFrameMain`, is used. */
export interface Frame {
	readonly processId: number;
	readonly routingId: number;
	readonly url: string;
	readonly parent: Frame | null;
	send(channel: string, ...args: unknown[]): unknown;
}
/** What of the sender of a message, a `WebContents`, is used. */
export interface IpcSender {
	emit(channel: string, ...payload: unknown[]): unknown;
	on?(event: string, listener: (...args: never[]) => void): unknown;
	removeListener?(event: string, listener: (...args: never[]) => void): unknown;
	/** Of a `<webview>`, who embeds it. */
	readonly hostWebContents?: unknown;
}
/** What of a message that reaches the main process is used. */
export interface IpcMainEvent {
	readonly sender: IpcSender;
	/** Missing in test doubles; null for a frame that is gone. */
	readonly senderFrame?: Frame | null | undefined;
	readonly processId?: number | undefined;
	readonly frameId?: number | undefined;
	/** The answer to a message that is waited for. */
	returnValue?: unknown;
}
/** What of Electron's `ipcMain` is used. */
export interface IpcMain {
	on(channel: string, listener: (event: IpcMainEvent, ...args: unknown[]) => void): unknown;
	emit(channel: string, ...payload: unknown[]): unknown;
	removeListener?(channel: string, listener: (event: IpcMainEvent, ...args: unknown[]) => void): unknown;
}
/** What of Electron's `session` is used. */
export interface ElectronSession {
	/** From Electron 35 on. */
	registerPreloadScript?(script: {
		readonly type: "frame";
		readonly filePath: string;
	}): string;
	/** As above. */
	unregisterPreloadScript?(id: string): void;
	/** Before Electron 35. */
	getPreloads?(): string[];
	/** As above. */
	setPreloads?(preloads: string[]): void;
}
/**
 * Lets the page of this window reach the main process: `RendererSyncAdapter()` in the page then connects. To be called in
 * a preload script, which passes on what the page says, and decides nothing: what a window may do, the main process
 * decides.
 *
 * @param ipcRenderer - Electron's. Further calls with the same change nothing.
 */
export declare function serveRenderer(ipcRenderer: IpcRenderer): void;
/** What a window wants to do; the question of the option `allow`. */
export interface ElectronAccess {
	/** The frame that sent it, Electron's `WebFrameMain`. Missing for a test double. */
	readonly frame: Frame | undefined;
	/** The address of the document in it. */
	readonly url: string;
	/** The scope that it names. */
	readonly scope: string | undefined;
	/** `'init'` is to read the scope, from now on; who may not may not write either. */
	readonly type: SharedCacheEvent["type"];
}
/** Says what a window may do. */
export type Allow = (access: ElectronAccess) => boolean;
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
/** Counts of an Electron synchronizer, from its start on; `mirrors` and `waiting` are those of now. */
export interface ElectronPSCSynchronizerStats extends PSCSynchronizerStats {
	/** Mirrors that take part now: adapters in windows whose document is there. */
	readonly mirrors: number;
	/** Events of frames that were gone, or that used another document's mirror id. */
	readonly dropped: number;
	/** Events of windows that sent more than `limits.maxEventsPerSecond`. */
	readonly limited: number;
	/** Events that were received, and wait because their window has sent many at once. */
	readonly waiting: number;
}
/** Options of `createElectronPSCSynchronizer`. */
export interface ElectronPSCSynchronizerOptions extends PSCSynchronizerOptions {
	/**
	 * Keeps the cache in a region that native processes share: the main process, utility processes, forked Node children
	 * and preload scripts without a sandbox find it with `NodeSyncAdapter(undefined, id)`.
	 * @default the cache is in the main process's memory, for windows only
	 */
	id?: string | undefined;
	/** With `id`: as in `createNodePSCSynchronizer`. */
	directory?: string | undefined;
	/** With `id`: as in `createNodePSCSynchronizer`, a file that keeps the cache when the application has ended. */
	persist?: string | undefined;
	/** Sessions in whose windows the shipped preload script runs, beside the window's own. */
	session?: ElectronSession | readonly ElectronSession[] | undefined;
	/**
	 * The name under which the shipped preload script exposes an adapter to the page.
	 * @default `'pscAdapter'` if `session` is given, else none
	 */
	expose?: string | undefined;
	/**
	 * Says what a document may do. Asked once for each document, scope and type. One that may not `'init'` a scope may
	 * nothing there; what is refused rejects with `ERR_PSC_NOT_ALLOWED`.
	 * @default only top-level frames that are in no `<webview>`, and those everything
	 */
	allow?: Allow | undefined;
	/** What each window may send and hold. */
	limits?: ElectronLimits | undefined;
}
/** What `createElectronPSCSynchronizer` returns. */
export interface ElectronPSCSynchronizer extends PSCSynchronizer {
	/** The counts so far. */
	stats(): ElectronPSCSynchronizerStats;
}
/**
 * Creates the synchronizer of all windows, in the main process, where no value is ever parsed. Call it before the first
 * window is created, for windows wait for what it first tells them. For one `ipcMain` there is only one: further calls
 * return it as it is, until it is closed.
 *
 * A window is not trusted. Scopes and limits are decided here, by the frame that Electron says a message came from;
 * what is malformed, or comes from a frame that is gone, is dropped and counted. A document is told of the scopes it
 * asked for, until it ends.
 *
 * @param ipcMain - Electron's.
 * @param options - See {@link ElectronPSCSynchronizerOptions}; they count in the first call.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`, and with `id` what `createNodePSCSynchronizer` rejects
 * with.
 */
export declare function createElectronPSCSynchronizer(ipcMain: IpcMain, options?: ElectronPSCSynchronizerOptions): ElectronPSCSynchronizer;
/**
 * The transport of a window: to be used in its preload script.
 *
 * An adapter on it has its state when `createPSCAdapter` returns: it asks the main process once and waits, for at most
 * as much as `createElectronPSCSynchronizer` tells at once (`limits.firstBytes`); the rest follows. So create the
 * synchronizer before the first window.
 *
 * @param ipcRenderer - Electron's.
 * @param storage - Where adapters on this transport keep their copy, if none is given to them.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 *
 * @example
 * ```ts
 * const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
 * contextBridge.exposeInMainWorld('pscAdapter', adapter);
 * ```
 */
export declare function ElectronSyncAdapter(ipcRenderer: IpcRenderer, storage?: StorageAdapter): SyncAdapter;
/** Upstream's name for its default channel. Passed as an id, it is an explicit id like any other. */
export declare const AlovaIPCID = "alova-default-channel";
/**
 * Stops a synchronizer, at once. Resolves when a persisted cache is on the disk as it was then. Any number of calls is one.
 */
export type StopSynchronizer = () => Promise<void>;
/**
 * Creates the cache that the processes of this application share, in a memory-mapped file, and looks after it. Call it
 * once, in the main process. Its order to the adapters does not matter, but what they set waits for it.
 *
 * It keeps the process alive, as any server does, unless `unref` is set. When its process ends, the others go on; a new
 * one with the same id adopts the cache, still warm. What it asks for holds: if the bounds or the place are other ones than
 * those of the cache, the entries are moved into a new one, the newest if not all fit, and all its users follow. Who writes
 * meanwhile waits (0.1 s for 64 MiB and 3 s for 1 GiB were measured), and locks that were held are held no more.
 *
 * Without an id a process has one synchronizer: further calls with the same options return a stop function for the same one,
 * which ends with the last of them.
 *
 * @param id - Names the cache for processes that have no other way to know it: those of another application, or with
 *   another `package.json` above their main module. Without one, all processes of this application find it by
 *   themselves, and a second run of the application has a cache of its own.
 * @param options - See {@link NodePSCSynchronizerOptions}.
 * @returns a function that stops it. The cache lives on while somebody uses it. Await it before the end of a process that
 *   has `persist`, and what was set is on the disk.
 *
 * Rejects with `ERR_PSC_ENDPOINT_IN_USE` if a synchronizer with this id, or on this file, lives, `ERR_PSC_DIRECTORY`,
 * `ERR_PSC_NO_SPACE`, `ERR_PSC_CORRUPT`, `ERR_PSC_VERSION_MISMATCH`, `ERR_PSC_INVALID_OPTION`,
 * `ERR_PSC_NATIVE_UNAVAILABLE`, `ERR_PSC_IO`; then nothing has changed.
 */
export declare function createNodePSCSynchronizer(id?: string, options?: NodePSCSynchronizerOptions): Promise<StopSynchronizer>;
/**
 * The way to the cache of this application, from any of its processes: cluster workers, forked children, worker
 * threads, and unrelated processes with the same id. `createPSCAdapter` on it reads and writes the cache itself.
 *
 * It is also a sync adapter in its own right, with `@alova/psc`'s events: `send` applies an event to the cache,
 * `receive` tells the changes of every scope that was asked for with `init` through this object. So it may be wrapped.
 *
 * It may be created before the synchronizer. Nothing of it keeps a process alive.
 *
 * @param onConnect - Called once when the cache is there, with a function that disconnects: adapters on this object
 *   are closed then.
 * @param id - The id given to `createNodePSCSynchronizer`; without one, the cache of this application.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`.
 */
export declare function NodeSyncAdapter(onConnect?: (stopFn: () => void) => void, id?: string): SyncAdapter & {
	readonly ready: Promise<void>;
};
/**
 * Creates a context that is another one for each request: what is run in it, and whatever that awaits, finds the store
 * of its own request. So one alova instance and one adapter serve all users, and each of them sees their own entries.
 *
 * @typeParam Store - What a request carries: who its user is, their cookie, a token.
 * @param options - `scope` names the cache scope of a store. Without it, the store itself has to be that string.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 *
 * @example
 * ```ts
 * interface Visit { userId: string; cookie: string }
 * const requests = createRequestScope<Visit>({ scope: ({ userId }) => userId });
 *
 * const alova = createAlova({
 *   requestAdapter: adapterFetch(),
 *   l1Cache: createPSCAdapter(NodeSyncAdapter(), undefined, { scope: requests.scope }),
 *   beforeRequest: requests.beforeRequest((method, { cookie }) => {
 *     method.config.headers.cookie = cookie;
 *   }),
 * });
 *
 * app.use(requests.express((request) => ({ userId: request.user.id, cookie: request.headers.cookie })));
 * ```
 */
export declare function createRequestScope<Store>(options?: RequestScopeOptions<Store>): RequestScope<Store>;
/**
 * An unbounded storage in memory that shows what it holds. It never expires or evicts: meant for tests, and for
 * those who used it with `@alova/psc`.
 */
export declare class ExplicitCacheAdapter implements StorageAdapter {
	protected readonly cache: Map<string, unknown>;
	/** Keeps a value. */
	set(key: string, value: unknown): void;
	/** The value, the same object each time; undefined for a miss. */
	get<T>(key: string): T | undefined;
	/** Forgets a key. */
	remove(key: string): void;
	/** Forgets all keys. */
	clear(): void;
	/** All keys and values as a plain record of its own: changing it changes nothing here. */
	getCache(): Record<string, unknown>;
}
/**
 * Creates a storage in this process's memory, for alova's `l1Cache` or `l2Cache` and for `createPSCAdapter`'s second
 * argument. Entries are kept encoded and outside the JavaScript heap, bounded by `max` and `maxBytes`; the least recently
 * used leave first, and those whose time is over by themselves: by alova's own records, else by `ttl`, on a clock that
 * counts suspension and does not follow the wall clock's jumps.
 *
 * Nothing of it outlives it: one that nobody refers to any more is collected with all it holds. It keeps no process
 * alive.
 *
 * @param options - See {@link MemoryStorageOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`.
 *
 * @example
 * ```ts
 * createAlova({ l1Cache: createMemoryStorage({ max: 1000, ttl: 60_000 }), … });
 * ```
 */
export declare function createMemoryStorage(options?: MemoryStorageOptions): MemoryStorage;
/**
 * Creates a storage that keeps nothing: for `l1Cache` and `l2Cache` where responses are not to be cached at all. It costs
 * next to nothing to make, and holds nothing.
 */
export declare function createNullStorage(): NullStorage;
/**
 * Creates the synchronizer of all mirrors on a transport: it orders what they write, stores it in this process's
 * memory, and tells them. One per application and transport.
 *
 * Mirrors of `@alova/psc` may take part. Events that are malformed are dropped and counted, never thrown at the
 * transport.
 *
 * @param syncAdapter - The transport. Where its `receive` hands on a `replyFn`, what concerns one mirror goes there.
 * @param options - See {@link PSCSynchronizerOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_NATIVE_UNAVAILABLE` without the native binary.
 */
export declare function createPSCSynchronizer(syncAdapter: SyncAdapter, options?: PSCSynchronizerOptions): PSCSynchronizer;

export {};
