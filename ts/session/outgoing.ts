/** What can be streamed. */
export type Source = AsyncIterable<unknown> | Iterable<unknown>;

/** What a writer tells the other end. */
export interface OutgoingPort {
  item(value: unknown): void;
  end(): void;
}

type Pull = AsyncIterator<unknown> | Iterator<unknown>;

/** Whether something is streamed when a listener returns it. Strings, arrays and the like are results. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

/** Sends the items of a source, each when the other end has room for it, and not before. */
export class Outgoing {
  private readonly port: OutgoingPort;
  private credit = 0;
  private stopped = false;
  private iterator: Pull | undefined;
  /** Goes on with what waits: for credit, or for the source. */
  private wake: (() => void) | undefined;

  constructor(port: OutgoingPort) {
    this.port = port;
  }

  /** The other end has room for so many more. */
  grant(count: number): void {
    const waited = this.credit === 0;
    this.credit += count;
    if (waited) this.wake?.();
  }

  /** Nobody reads any more: ends the source, and what waits for it. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.endSource();
    this.wake?.();
  }

  /**
   * Sends the items, pulling one only when it can be sent. Resolves to what the source returned, or to undefined if it
   * was stopped. Rejects with what the source throws, and with the error of an item that cannot be sent.
   */
  async pump(source: Source): Promise<unknown> {
    const iterator = iteratorOf(source);
    this.iterator = iterator;
    if (this.stopped) this.endSource();
    while (!this.stopped) {
      if (this.credit === 0) {
        await this.woken();
        continue;
      }
      const result = await this.pull(iterator);
      if (result === undefined) break;
      if (result.done === true) {
        this.iterator = DRAINED;
        this.port.end();
        return result.value;
      }
      this.credit -= 1;
      try {
        this.port.item(result.value);
      } catch (error) {
        this.stop();
        throw error;
      }
    }
    return undefined;
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** The source's next result; undefined if the stream is stopped first, however long the source takes. */
  private pull(iterator: Pull): Promise<IteratorResult<unknown> | undefined> {
    return new Promise((resolve, reject) => {
      this.wake = () => {
        if (this.stopped) resolve(undefined);
      };
      const next = iterator.next();
      if (next instanceof Promise) next.then(resolve, reject);
      else Promise.resolve(next).then(resolve, reject);
    });
  }

  private endSource(): void {
    try {
      const ended: unknown = this.iterator?.return?.();
      // What a source says while it is put away is of no use to anybody.
      Promise.resolve(ended).catch(() => {});
    } catch {}
  }
}

/** In place of a source that has come to its end, and must not be ended again. */
const DRAINED: Pull = { next: () => ({ done: true, value: undefined }) };

function iteratorOf(source: Source): Pull {
  return isStream(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}
