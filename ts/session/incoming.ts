/** How many items the other end may send ahead of the reader. */
export const WINDOW = 32;

/** What a reader tells the other end. */
export interface IncomingPort {
  /** Allows so many items more. */
  grant(count: number): void;
  /** No more items are wanted. */
  stop(): void;
}

interface Waiting {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(error: unknown): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The items that the other end streams. They are asked for when reading begins, and only as fast as they are read, so
 * that at most {@link WINDOW} wait here. Read them once: it is one stream however often it is iterated.
 */
export class Incoming implements AsyncIterableIterator<unknown> {
  private readonly port: IncomingPort;
  private queue: unknown[] = [];
  private waiting: Waiting[] = [];
  private taken = 0;
  private begun = false;
  private outcome: { readonly error?: unknown } | undefined;

  constructor(port: IncomingPort) {
    this.port = port;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.begun && this.outcome === undefined) {
      this.begun = true;
      this.port.grant(WINDOW);
    }
    if (this.queue.length > 0) {
      const value = this.queue.shift();
      this.consumed();
      return Promise.resolve({ done: false, value });
    }
    if (this.outcome !== undefined) {
      const { error } = this.outcome;
      // An error is told once, as a generator does; after that there is nothing more.
      this.outcome = {};
      return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  /** Ends the reading: the other end is told that it need not go on. */
  return(): Promise<IteratorResult<unknown, undefined>> {
    if (this.outcome === undefined) {
      this.close({});
      this.port.stop();
    }
    this.queue = [];
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An item arrived. Returns false for one that nobody had asked for. */
  push(value: unknown): boolean {
    if (this.outcome !== undefined) return true;
    const first = this.waiting.shift();
    if (first !== undefined) {
      this.consumed();
      first.resolve({ done: false, value });
      return true;
    }
    this.queue.push(value);
    return this.begun && this.queue.length <= WINDOW;
  }

  /** No more items will come. Those that are here can still be read. */
  close(outcome: { readonly error?: unknown }): void {
    if (this.outcome !== undefined) return;
    const { waiting } = this;
    this.waiting = [];
    this.outcome = outcome;
    const [first, ...others] = waiting;
    if (first === undefined) return;
    this.outcome = {};
    if (outcome.error === undefined) first.resolve(DONE);
    else first.reject(outcome.error);
    for (const other of others) other.resolve(DONE);
  }

  private consumed(): void {
    this.taken += 1;
    if (this.taken < WINDOW / 2 || this.outcome !== undefined) return;
    this.port.grant(this.taken);
    this.taken = 0;
  }
}
