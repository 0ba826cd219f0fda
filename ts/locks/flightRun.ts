import { PSCError } from '../errors';

/** A place in the queue of those who compute a key, once it is the first one. */
export interface Flight {
  /** Whether nobody has written to the key since. */
  holds(): boolean;
  /** Sets the value, if nobody has written to the key since. Resolves in either case. */
  store(value: unknown, ttl: number | undefined, session: string): Promise<void>;
  /** Lets others compute. */
  end(): void;
}

/** One computing of a key, for all callers of an adapter that wait for it. */
export class FlightRun {
  private flight: Flight | undefined;
  private isComputing = false;
  private isStale = false;
  private waiting = 0;
  private readonly abandoning = new AbortController();
  private value: Promise<unknown> | undefined;

  constructor(private readonly key: string) {}

  /** Aborted when nobody waits for it any more and it has not begun to compute. */
  get abandoned(): AbortSignal {
    return this.abandoning.signal;
  }

  /** Whether what it makes is still wanted: whoever asks after its key was written to does not get what was made before. */
  get isCurrent(): boolean {
    return !this.isStale && !this.abandoned.aborted && (this.flight?.holds() ?? true);
  }

  /** Whether its factory runs, so that whoever it waits for must not wait for it. */
  get computes(): boolean {
    return this.isComputing;
  }

  /** It computes from now on, alone if there is a flight. */
  begin(flight: Flight | undefined): void {
    this.flight = flight;
    this.isComputing = true;
  }

  /** The key is written to by the adapter itself. What only waits for its turn looks later anyway. */
  changed(): void {
    if (this.isComputing) this.isStale = true;
  }

  /** What it comes to. */
  start(value: Promise<unknown>): void {
    value.catch(() => {});
    this.value = value;
  }

  /** Its value; rejects with `ERR_PSC_TIMEOUT` if it is not there in time. */
  wait(timeout: number | undefined): Promise<unknown> {
    const value = this.value as Promise<unknown>;
    this.waiting += 1;
    if (timeout === undefined) return value;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting -= 1;
        reject(late(this.key, timeout, this.isComputing));
        if (this.waiting === 0 && !this.isComputing) this.abandoning.abort();
      }, timeout);
      value.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

function late(key: string, timeout: number, computes: boolean): PSCError {
  const why = computes
    ? 'Its factory runs still, and what it makes is set when it is there.'
    : 'Another caller computes it still.';
  const message =
    `There was no value of the key ${JSON.stringify(key.slice(0, 100))} within its \`timeout\` of ${timeout} ms. ${why} ` +
    'Give it more time, or see that factories do not wait for each other.';
  return new PSCError('ERR_PSC_TIMEOUT', message);
}
