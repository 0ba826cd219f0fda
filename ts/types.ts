/**
 * What mirrors and the synchronizer tell each other. The first five fields are those of `@alova/psc`; the others are
 * optional, left out where they have nothing to say, and ignored by receivers that do not know them.
 */
export interface SharedCacheEvent {
  /** The namespace that the event belongs to. Left out by adapters without a scope, which is not the scope `''`. */
  scope?: string | undefined;
  /** The id of the mirror that made the change; `''` where no mirror did. */
  senderID: string;
  /** What happened, or `init`: the question for, or the answer with, all entries of a scope. */
  type: 'set' | 'remove' | 'clear' | 'init';
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
   * Names the order that `seq` belongs to. Another one means that the synchronizer's store is another, made anew, and
   * that positions begin again. Only the synchronizer sets it.
   */
  epoch?: number | undefined;
  /**
   * The number of this write or question: each mirror counts its own, 1, 2, 3 … In an event with `to`, the number of
   * what it answers.
   */
  write?: number | undefined;
  /** Mirror ids, and the number up to which all their writes are settled: applied or rejected. */
  ack?: Readonly<Record<string, number>> | undefined;
  /** Milliseconds the value has to live; in an answering `init`, by key. Left out means no end. */
  ttl?: number | Readonly<Record<string, number>> | undefined;
  /** The id of the only mirror that the event is meant for. */
  to?: string | undefined;
  /** In an answering `init`: further events follow that belong to it. */
  more?: boolean | undefined;
  /**
   * In an answering `init`: entries were left out, because there was a bound on what could be told at once. They are
   * there all the same, and are told when asked for again.
   */
  partial?: boolean | undefined;
  /** Why the write was rejected; the event then tells the state that holds instead. */
  error?: { readonly code: string; readonly message: string } | undefined;
  /** Why an entry is gone that nobody removed: its time was over, or room was needed. */
  reason?: 'expire' | 'evict' | undefined;
  /** Id of the process that wrote the change to the store. */
  pid?: number | undefined;
  /** Id of the session in which the change was made, where it is known: see `psc-native/session`. */
  session?: string | undefined;
}

/** Takes an event, and, where the transport can answer the sender alone, a function that does. */
export type SharedEventHandler = (
  event: SharedCacheEvent,
  replyFn?: (event: SharedCacheEvent) => void | Promise<void>,
) => void | Promise<void>;

/**
 * A transport between mirrors and the synchronizer. Events of one sender have to arrive in the order in which they
 * were sent. They may arrive more than once, and the sender's own events may or may not come back to it.
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
   * @default no scope, which is a namespace of its own and not the scope `''`
   */
  scope?: string | undefined;
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
  codec?: 'json' | 'structured' | ValueCodec | undefined;
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
}

/**
 * Where a mirror may keep its entries: an alova storage adapter, synchronous or not. It is cleared when the mirror
 * joins.
 */
export interface StorageAdapter {
  /** Keeps a value. */
  set(key: string, value: unknown): unknown;
  /** The value, or undefined for a miss. Where it returns a promise, so does the PSC adapter. */
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
 * No method throws; all report errors by rejecting, except `get`. A rejection that nobody handles is not reported to
 * the process: a cache that cannot write must not end its host.
 */
export interface PSCStorageAdapter {
  /**
   * Sets a key. Reads in this process see the value when the call returns; the promise resolves when the write is
   * settled: it has its place in the one order, and no later reader finds an older value.
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

/** Options of `createNodePSCSynchronizer`. */
export interface NodePSCSynchronizerOptions extends PSCSynchronizerOptions {
  /**
   * Directory of the file that holds the cache. It has to belong to this user and to nobody else.
   * @default memory (`/dev/shm`) if that has twice `maxBytes` free, else the temporary directory
   */
  directory?: string | undefined;
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
   * Most bytes of entries that one window has set last and that are still there. Beyond it, its writes reject with
   * `ERR_PSC_QUOTA_EXCEEDED`; nobody else's do.
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
