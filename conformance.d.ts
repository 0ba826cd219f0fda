// The public types of psc-native. Generated from ts/ by `npm run build`; change them there.

/** A case of a suite: a sentence that says what holds, and what throws if it does not. */
export interface ConformanceCase<Make> {
	/** What holds. */
	readonly title: string;
	/** Rejects with an `Error` that says what does not hold. Makes what it needs, each time afresh. */
	run(make: Make): Promise<void>;
}
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
type PSCChangeType = "set" | "remove" | "clear" | "evict" | "expire" | "lost";
interface PSCChange {
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
interface ValueCodec {
	/** Encodes a value. What it throws becomes the `cause` of an `ERR_PSC_SERIALIZE`. Mirrors can only carry text. */
	encode(value: unknown): string | Uint8Array;
	/** Decodes what {@link ValueCodec.encode} made, possibly in another process. */
	decode(encoded: string | Uint8Array): unknown;
}
interface ProcessSharedCacheAdapterOptions {
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
interface PSCAdapterStats {
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
interface StorageAdapter {
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
interface PSCStorageAdapter extends PSCAtomics, PSCFlights, PSCLocking, PSCChanges, PSCStatistics {
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
/** Makes an empty storage whose entries live so many milliseconds, where alova's own record does not say. */
export type MakeExpiring = (options: {
	readonly ttl?: number;
}) => StorageAdapter | Promise<StorageAdapter>;
/** What a storage does that takes entries out by itself when their time is over. */
export declare const expiryCases: readonly ConformanceCase<MakeExpiring>[];
/**
 * Makes an adapter that shares one cache with the others that the same function has made, as if each were in a process of
 * its own. The cache is empty at first, and each case is given another.
 */
export type MakeSharing = (options?: Pick<ProcessSharedCacheAdapterOptions, "scope" | "ttl" | "codec" | "copy">) => PSCStorageAdapter | Promise<PSCStorageAdapter>;
/** What adapters do that share a cache, over whatever transport. */
export declare const sharingCases: readonly ConformanceCase<MakeSharing>[];
/** Makes an empty storage, each time another one. */
export type MakeStorage = () => StorageAdapter | Promise<StorageAdapter>;
/** What every storage of alova's does, for `l1Cache`, `l2Cache` and `createPSCAdapter`'s second argument. */
export declare const storageCases: readonly ConformanceCase<MakeStorage>[];

export {};
