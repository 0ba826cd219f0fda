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
  type: 'set' | 'remove' | 'clear' | 'init' | 'lock' | 'unlock';
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
  error?: { readonly code: string; readonly message: string } | undefined;
  /** Why an entry is gone that nobody removed: its time was over, or room was needed. */
  reason?: 'expire' | 'evict' | undefined;
  /**
   * In a `remove`: it is told in place of a `set` whose key a later change, which is told in its turn, has ended.
   */
  overtaken?: boolean | undefined;
  /** Id of the process that wrote the change to the store. */
  pid?: number | undefined;
  /** Id of the session in which the change was made, where it is known: see `psc-native/session`. */
  session?: string | undefined;
}
