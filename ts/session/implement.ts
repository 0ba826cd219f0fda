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
