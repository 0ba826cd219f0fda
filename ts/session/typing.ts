// How the types of a protocol are inferred. A direction is described by one interface, whose keys are the actions:
//
//   interface ToPlugin {
//     greet: GreetingPayload;                                // a payload alone, as a PayloadMap has it
//     ask(question: Question): Answer;                       // payload and result
//     search(query: Query): Stream<Hit, Summary>;            // the callee streams items, then gives a result
//     upload(meta: Meta, items: Stream<Uint8Array>): Receipt; // the caller streams items
//   }
//
// or, for what a session sends, by a union of messages `{ action, payload }`.

/** A message of which nothing is known but its shape. */
export interface AnyMessage {
  readonly action: string;
  readonly payload?: unknown;
}

/** Items that come one after another, and the result that comes last. Any async generator is one. */
export interface Stream<Item, Result = unknown> {
  [Symbol.asyncIterator](): AsyncIterator<Item, Result, undefined>;
}

/** A listener's or an action's type; its arguments do not matter here. */
type Callable = (...args: never[]) => unknown;

/** The actions of a direction. */
export type ActionsOf<Direction> = Direction extends { readonly action: infer Action }
  ? Extract<Action, string>
  : Extract<keyof Direction, string>;

/** The entry of an action: a payload, or a function from payload to result. */
type EntryOf<Direction, Action> = Action extends keyof Direction ? Direction[Action] : unknown;

type PayloadOfEntry<Entry> = Entry extends Callable
  ? Parameters<Entry> extends [infer Payload, ...unknown[]]
    ? Payload
    : undefined
  : Entry;

/** The payload of an action. */
export type PayloadOf<Direction, Action> = PayloadOfEntry<EntryOf<Direction, Action>>;

type ReturnOf<Direction, Action> =
  EntryOf<Direction, Action> extends (...args: never[]) => infer Returned
    ? Awaited<Returned>
    : unknown;

/** What the caller's promise resolves to. */
export type ResultOf<Direction, Action> =
  ReturnOf<Direction, Action> extends Stream<unknown, infer Result>
    ? Result
    : ReturnOf<Direction, Action>;

/** The items that the callee streams to the caller. */
export type ItemOf<Direction, Action> =
  ReturnOf<Direction, Action> extends Stream<infer Item, unknown> ? Item : unknown;

/** The items that the caller streams to the callee. */
export type SentItemOf<Direction, Action> =
  EntryOf<Direction, Action> extends (payload: never, items: infer Items) => unknown
    ? Items extends Stream<infer Item, unknown>
      ? Item
      : unknown
    : unknown;

/** The message of an action. Where there is no payload, it may be left out. */
export type MessageOf<Direction, Action extends string> = Direction extends {
  readonly action: string;
}
  ? string extends Direction['action']
    ? AnyMessage
    : Extract<Direction, { readonly action: Action }>
  : Action extends Action
    ? undefined extends PayloadOf<Direction, Action>
      ? { readonly action: Action; readonly payload?: PayloadOf<Direction, Action> }
      : { readonly action: Action; readonly payload: PayloadOf<Direction, Action> }
    : never;

/** A message as a listener gets it. */
export interface ReceivedMessage<Action extends string = string, Payload = unknown, Item = unknown>
  extends AnyMessage {
  readonly action: Action;
  readonly payload: Payload;
  /** The ids of the sessions from the top of the tree down to the one that sent it. */
  readonly path: readonly string[];
  /** The items that the other end streams. */
  readonly items: AsyncIterableIterator<Item>;
}

/** What a listener may return for an action. */
type Returned<Entry> = Entry extends (...args: never[]) => infer Result
  ? Awaited<Result> extends Stream<infer Item, infer Last>
    ? Stream<Item, Last> | Promise<Stream<Item, Last>>
    : Awaited<Result> | Promise<Awaited<Result>>
  : unknown;

/** The listener of an action. */
export type ListenerOf<Listens, Action extends string> = (
  payload: PayloadOf<Listens, Action>,
  message: ReceivedMessage<Action, PayloadOf<Listens, Action>, SentItemOf<Listens, Action>>,
) => Returned<EntryOf<Listens, Action>>;
