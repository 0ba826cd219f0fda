import { checkKey, checkObject, checkPositive, invalidOption } from '../checks';
import type { SessionName } from '../sessionContext';
import type { GetOrSetOptions, PSCFlights } from '../types';

/** What a flight needs of an adapter, whatever that is over. */
export interface FlightGround {
  get(key: string): unknown;
  /** The value as everybody has it, by now. */
  again(key: string): unknown;
  set(key: string, value: unknown, ttl: number | undefined, session: string): Promise<void>;
  /** In which session the call is that is running. */
  readonly session: SessionName;
  /**
   * Resolves when nobody else computes the key, with a function that lets others; with undefined if others cannot be
   * asked. Rejects with `ERR_PSC_CLOSED` when the adapter is closed meanwhile.
   */
  begin(key: string): Promise<(() => void) | undefined>;
}

/** Computes values once for all: one flight for each key and adapter at a time, one of all adapters in the air. */
export class Flights implements PSCFlights {
  private readonly flights = new Map<string, Promise<unknown>>();

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

  private async find(
    key: string,
    factory: () => unknown,
    options: GetOrSetOptions,
  ): Promise<unknown> {
    checkKey(key);
    if (typeof factory !== 'function') throw invalidOption('factory', factory, 'Give a function.');
    checkObject('options', options);
    const { ttl } = options;
    checkPositive('ttl', ttl);
    // Not awaited where it is no promise: all that miss in one go join one flight.
    const found = this.ground.get(key);
    const value = isPromise(found) ? await found : found;
    if (value !== undefined) return value;
    const flying = this.flights.get(key);
    if (flying !== undefined) {
      const made = await flying;
      return this.copies ? ((await this.ground.get(key)) ?? made) : made;
    }
    const flight = this.fly(key, factory, ttl).finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  private async fly(
    key: string,
    factory: () => unknown,
    ttl: number | undefined,
  ): Promise<unknown> {
    const session = this.ground.session();
    const end = await this.ground.begin(key);
    try {
      const found = await (end === undefined ? this.ground.get(key) : this.ground.again(key));
      if (found !== undefined) return found;
      const made = await factory();
      const kept = made === undefined ? undefined : this.keep(key, made, ttl, session);
      // Others look when they are let in. Where nobody can be asked, nobody may be there to settle it either.
      if (end !== undefined) await kept;
      return made;
    } finally {
      end?.();
    }
  }

  private async keep(
    key: string,
    made: unknown,
    ttl: number | undefined,
    session: string,
  ): Promise<void> {
    try {
      await this.ground.set(key, made, ttl, session);
    } catch {
      // What cannot be kept was made all the same; that it is made again next time is what its maker notices.
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
