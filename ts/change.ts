import { checkFinite, checkFunction, checkPositive, describe } from './checks';
import { PSCError } from './errors';
import { recordTimeToLive } from './expiry';
import { checkOptions, type Known } from './options';
import type { IncrementOptions } from './types';

/** What a change makes of an entry. */
export interface Changed<T> {
  /** Undefined for none. */
  readonly value: T;
  /** Milliseconds to live; undefined keeps the end that the entry has. */
  readonly ttl: number | undefined;
}

/** Computes what is to be there instead of what a key has, maybe several times. It may do with `current` what it likes. */
export type Change<T = unknown> = (current: unknown) => Changed<T>;

/** What a user's function threw, apart from what we throw ourselves. */
export class Thrown {
  constructor(readonly error: unknown) {}
}

/**
 * The change that `update` makes.
 *
 * @param ttl - The adapter's, for an entry that is new.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 */
export function updating<T>(
  key: string,
  change: (current: T | undefined) => T | undefined,
  ttl: number | undefined,
): Change<T | undefined> {
  const remedy = 'Give a function that is given the present value and returns the new one.';
  checkFunction('change', change, remedy);
  return (current) => {
    const isNew = current === undefined;
    let value: T | undefined;
    try {
      value = change(current as T | undefined);
    } catch (error) {
      throw new Thrown(error);
    }
    refusePromise(value);
    if (value === undefined) return { value, ttl: undefined };
    return { value, ttl: recordTimeToLive(key, value) ?? (isNew ? ttl : undefined) };
  };
}

const KNOWN: Known<IncrementOptions> = { ttl: true };

/**
 * The change that `increment` makes.
 *
 * @param adapterTtl - For an entry that is new, where the options do not say.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 */
export function incrementing(
  key: string,
  by: number,
  options: object,
  adapterTtl: number | undefined,
): Change<number> {
  checkFinite('by', by);
  checkOptions('increment', options, KNOWN);
  const { ttl = adapterTtl } = options as { readonly ttl?: number | undefined };
  checkPositive('options.ttl', ttl);
  return (entry) => {
    const current = entry === undefined ? 0 : entry;
    if (typeof current !== 'number' || !Number.isFinite(current)) {
      const what = `The value of key ${describe(key)} is ${describe(current)}`;
      throw notANumber(
        `${what}, and only a finite number can be incremented. Use another key, or remove this one`,
      );
    }
    const value = current + by;
    if (!Number.isFinite(value)) {
      throw notANumber(`${current} and ${by} in key ${describe(key)} make no finite number`);
    }
    return { value, ttl: entry === undefined ? ttl : undefined };
  };
}

function notANumber(what: string): PSCError {
  return new PSCError('ERR_PSC_NOT_A_NUMBER', `${what}. Nothing was changed.`);
}

function refusePromise(value: unknown): void {
  const { then } = Object(value) as { readonly then?: unknown };
  if (typeof then !== 'function') return;
  // It is of no use to anybody any more, and must not end the process.
  Promise.resolve(value).catch(() => {});
  const message =
    '`change` returned a promise, and it has to return the new value itself, because it may be called several times. ' +
    'Await first, and then change the value with what came. Nothing was changed.';
  throw new PSCError('ERR_PSC_INVALID_OPTION', message);
}
