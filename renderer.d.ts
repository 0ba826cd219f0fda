// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.

interface IncrementOptions {
	/**
	 * Milliseconds that the entry lives after it was created. Later increments do not prolong it: the first one opens a
	 * window of fixed length.
	 * @default the adapter's `ttl`
	 */
	ttl?: number | undefined;
}
interface PSCAtomics {
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
interface PSCChanges {
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
interface GetOrSetOptions {
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
interface PSCFlights {
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
interface PSCLocker {
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
interface PSCLocking {
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
interface PSCReadStats {
	/** Reads that found a value. */
	readonly hits: number;
	/** Reads that found none. */
	readonly misses: number;
	/** Hits that decoded nothing, because the value was remembered. */
	readonly memoHits: number;
	/** `memoHits` of all hits, 0 to 1; 0 without a hit. */
	readonly memoHitRate: number;
}
interface PSCScopeStats extends PSCReadStats {
	/** Entries; undefined where they are in a storage of the user's own. */
	readonly entries: number | undefined;
	/** Bytes of them, keys and bookkeeping included. */
	readonly bytes: number | undefined;
}
interface PSCTotalStats extends PSCReadStats {
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
interface PSCStatistics {
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
/**
 * The transport of a page's own world: adapters on it keep their mirror in the page, so that reading crosses no bridge.
 * Its preload script has to call `serveRenderer(ipcRenderer)`, or be the one that is shipped.
 *
 * All adapters of a page share one, and each call returns it. `await adapter.ready` once, before the application is
 * mounted: from then on `get` answers at once what other windows have cached.
 *
 * @example
 * ```ts
 * import { createPSCAdapter, RendererSyncAdapter } from 'psc-native/renderer';
 * const pscAdapter = createPSCAdapter(RendererSyncAdapter());
 * await pscAdapter.ready;
 * ```
 */
export declare function RendererSyncAdapter(): SyncAdapter & {
	readonly ready: Promise<void>;
};
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

export {};
