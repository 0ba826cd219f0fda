import { checkKey, checkPositive, invalidOption } from '../checks';
import { PSCError } from '../errors';
import { checkOptions, type Known } from '../options';
import type { SessionName } from '../sessionContext';
import type { GetOrSetOptions, PSCFlights } from '../types';
import { type RunningFactory, runFactory, runningFactory } from './flightContext';
import { type Flight, FlightRun } from './flightRun';

/** What flights need of an adapter, whatever that is over. */
export interface FlightGround {
  /** The cache: the same object for all adapters that share their entries. */
  readonly cache: object;
  readonly scope: string | undefined;
  get(key: string): unknown;
  /** The value as everybody has it, by now. */
  again(key: string): unknown;
  /** Sets a value that was computed without a flight, if there is none by then. */
  setAlone(key: string, value: unknown, ttl: number | undefined, session: string): Promise<void>;
  /** In which session the call is that is running. */
  readonly session: SessionName;
  /**
   * Resolves when nobody else computes the key; to undefined if others cannot be asked. Rejects with `ERR_PSC_CLOSED` when
   * the adapter is closed meanwhile, and with anything when `abandoned` is aborted.
   */
  begin(key: string, abandoned: AbortSignal): Promise<Flight | undefined>;
  /** Tells of keys that others write to, of all with undefined, until what it returns is called. */
  listen?(changed: (key: string | undefined) => void): () => void;
}

const KNOWN: Known<GetOrSetOptions> = { ttl: true, timeout: true };

/** Computes values once for all: one run for each key and adapter at a time, one of all adapters computing. */
export class Flights implements PSCFlights {
  private readonly runs = new Map<string, FlightRun>();
  private stopListening: (() => void) | undefined;

  /** @param copies - Whether each caller gets a copy of its own of what another one's factory made. */
  constructor(
    private readonly ground: FlightGround,
    private readonly copies: boolean,
  ) {}

  readonly getOrSet = <T>(
    key: string,
    factory: () => T | Promise<T>,
    options: GetOrSetOptions = {},
  ): Promise<T> => {
    const value = this.find(key, factory, options) as Promise<T>;
    value.catch(() => {});
    return value;
  };

  /** The adapter writes to a key, or with undefined to all: who asks from now on does not get what was made before. */
  readonly changed = (key: string | undefined): void => {
    if (this.runs.size === 0) return;
    if (key !== undefined) this.runs.get(key)?.changed();
    else for (const run of this.runs.values()) run.changed();
  };

  private async find(
    key: string,
    factory: () => unknown,
    options: GetOrSetOptions,
  ): Promise<unknown> {
    checkKey(key);
    if (typeof factory !== 'function') throw invalidOption('factory', factory, 'Give a function.');
    checkOptions('getOrSet', options, KNOWN);
    const { ttl, timeout } = options;
    checkPositive('ttl', ttl);
    checkPositive('timeout', timeout);
    // Not awaited where it is no promise: all that miss in one go join one run.
    const found = this.ground.get(key);
    const value = isPromise(found) ? await found : found;
    if (value !== undefined) return value;
    this.refuseDeadlock(key);
    const known = this.runs.get(key);
    if (known?.isCurrent) {
      const made = await known.wait(timeout);
      return this.copies ? ((await this.ground.get(key)) ?? made) : made;
    }
    const run = new FlightRun(key);
    this.runs.set(key, run);
    this.stopListening ??= this.ground.listen?.(this.changed);
    run.start(this.compute(key, factory, ttl, run).finally(() => this.ended(key, run)));
    return run.wait(timeout);
  }

  private async compute(
    key: string,
    factory: () => unknown,
    ttl: number | undefined,
    run: FlightRun,
  ): Promise<unknown> {
    const { ground } = this;
    const session = ground.session();
    const flight = await ground.begin(key, run.abandoned);
    run.begin(flight);
    try {
      const found = await (flight === undefined ? ground.get(key) : ground.again(key));
      if (found !== undefined) return found;
      const { cache, scope } = ground;
      const running: RunningFactory = { cache, scope, key, run, outer: runningFactory() };
      const made = await runFactory(running, factory);
      if (made === undefined || !run.isCurrent) return made;
      // Others look when they are let in. Where nobody can be asked, nobody may be there to settle it either.
      if (flight !== undefined) await quiet(() => flight.store(made, ttl, session));
      else void quiet(() => ground.setAlone(key, made, ttl, session));
      return made;
    } finally {
      flight?.end();
    }
  }

  private ended(key: string, run: FlightRun): void {
    if (this.runs.get(key) === run) this.runs.delete(key);
    if (this.runs.size > 0) return;
    this.stopListening?.();
    this.stopListening = undefined;
  }

  /** A factory that asks for its own key would wait for itself. */
  private refuseDeadlock(key: string): void {
    const { cache, scope } = this.ground;
    for (let factory = runningFactory(); factory !== undefined; factory = factory.outer) {
      const isSame = factory.cache === cache && factory.scope === scope && factory.key === key;
      if (isSame && factory.run.computes && factory.run.isCurrent) {
        const message =
          `The factory of the key ${JSON.stringify(key.slice(0, 100))} asks for that key itself, directly or by the ` +
          'factory of another one, and would wait for ever. Compute the value without it, or ask for another key.';
        throw new PSCError('ERR_PSC_DEADLOCK', message);
      }
    }
  }
}

/** What cannot be kept was made all the same; that it is made again next time is what its maker notices. */
async function quiet(keep: () => Promise<void>): Promise<void> {
  try {
    await keep();
  } catch {}
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
