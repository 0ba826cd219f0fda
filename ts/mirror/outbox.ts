import type { SharedCacheEvent, SyncAdapter } from '../types';

/** An event that is to be sent in order. */
export interface Sendable {
  /** Its number. */
  readonly number: number;
  readonly event: SharedCacheEvent;
  /** Whether the transport took it. */
  sent: boolean;
}

/** Sends writes in order; what the transport did not take waits here and is sent later (M6). */
export class Outbox {
  readonly #syncAdapter: SyncAdapter;
  #unsent: Sendable[] = [];
  #lastSent = 0;
  #flushing = false;
  /** How many events the transport took: each has the next number, so that the synchronizer can put them in order (M14). */
  #messages = 0;

  constructor(syncAdapter: SyncAdapter) {
    this.#syncAdapter = syncAdapter;
  }

  /** The number that the next event gets. */
  get nextMessage(): number {
    return this.#messages + 1;
  }

  /** The number of the last write that the transport took. */
  get lastSent(): number {
    return this.#lastSent;
  }

  /** Sends a write, behind those that wait. */
  post(write: Sendable): void {
    this.#unsent.push(write);
    this.flush();
  }

  /** Sends what waits, until the transport refuses. */
  flush(): void {
    // A transport may call back before it returns: the call under way sends what was added meanwhile.
    if (this.#flushing) return;
    this.#flushing = true;
    this.#sendAll();
    this.#flushing = false;
  }

  #sendAll(): void {
    for (let write = this.#unsent[0]; write !== undefined; write = this.#unsent[0]) {
      // Set first: the answer may arrive before `send` returns.
      write.sent = true;
      const before = this.#lastSent;
      this.#lastSent = write.number;
      if (!this.transmit(write.event)) {
        write.sent = false;
        this.#lastSent = before;
        return;
      }
      this.#unsent.shift();
    }
  }

  /** Gives an event to the transport. Returns whether that took it. */
  transmit(event: SharedCacheEvent): boolean {
    // Counted first: what is sent before `send` returns comes after it.
    this.#messages += 1;
    const message = this.#messages;
    event.message = message;
    if (this.#send(event)) return true;
    // Structured clone refuses values that JSON takes, such as objects with functions. Their JSON it takes.
    if (event.value !== undefined && this.#send({ ...event, value: plain(event.value) }))
      return true;
    if (this.#messages === message) this.#messages -= 1;
    return false;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#unsent = [];
  }

  #send(event: SharedCacheEvent): boolean {
    try {
      // One that fails later may have arrived all the same: whether it did is asked for when it is not settled.
      const sent: unknown = this.#syncAdapter.send(event);
      if (sent !== undefined) Promise.resolve(sent).catch(() => {});
      return true;
    } catch {
      return false;
    }
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
