import { UNKNOWN_AFTER_MS } from '../absence';
import { type Change, incrementing, Thrown, updating } from '../change';
import type { Encoding } from '../codec';
import { PSCError } from '../errors';
import type { NativeCalls, NativeScoped } from '../native';
import type { PSCAtomics } from '../types';
import type { Backlog, Overlay } from './backlog';
import { fromNative, isRetired } from './errors';
import type { Signature } from './signature';

/** Place of the change's position in the array through which a native `get` tells more than the value. */
const SEQ = 4;
/** How often is tried in one go before others of this process have their turn, and before it waits. */
const TRIES = 8;
/** Most milliseconds between two tries. They are random: two who wait for as long would meet again. */
const LONGEST_PAUSE = 8;

const DONE = Promise.resolve();
const ignore = (): void => {};

/** What {@link Changes} needs of the entries that are changed. */
export interface ChangeableEntries {
  readonly found: Float64Array;
  readonly encoding: Encoding;
  readonly backlog: Backlog;
  /** For entries that are new. */
  readonly ttl: number | undefined;
  readonly signature: Signature;
  /** Throws if the key is none, or the adapter was closed. */
  check(key: unknown): void;
  /** The calls on the region that is joined now. */
  calls(): NativeCalls | undefined;
  /** What waits off the JavaScript thread. */
  scoped(): NativeScoped | undefined;
  /** A write's promise, but no longer than a moment while there is no region. */
  unlessAbsent(settled: Promise<void>): Promise<void>;
  /** A change was made. */
  changed(): void;
  /** The region was replaced. */
  lost(): void;
}

/** A swap that did not happen because it was not the writer's turn soon enough. */
interface Busy {
  readonly encoded: string | Uint8Array | undefined;
  readonly ttl: number | undefined;
  readonly expected: number;
}

/** What one try came to: done, changed meanwhile by somebody else, or busy. */
type Tried<T> = { readonly value: T; readonly isDone: boolean; readonly busy?: Busy };

/** Read, compute, compare and swap, until that succeeds. */
export class Changes implements PSCAtomics {
  constructor(private readonly entries: ChangeableEntries) {}

  readonly update: PSCAtomics['update'] = (key, change) =>
    this.checked(key, (ttl) => updating(key, change, ttl));

  readonly increment: PSCAtomics['increment'] = (key, by = 1, options = {}) =>
    this.checked(key, (ttl) => incrementing(key, by, options, ttl));

  private checked<T>(key: string, change: (ttl: number | undefined) => Change<T>): Promise<T> {
    try {
      return this.make(key, change(this.entries.ttl));
    } catch (error) {
      return quiet(Promise.reject(error));
    }
  }

  /**
   * Changes a key: now, if there is a region and nothing of this process waits, else in its turn.
   *
   * @param seen - Tells what this process reads while it waits; left out if that is what it reads anyway.
   */
  make<T>(key: string, change: Change<T>, seen?: () => Overlay): Promise<T> {
    const { entries } = this;
    const session = entries.signature.session();
    try {
      entries.check(key);
      const calls = entries.backlog.empty ? entries.calls() : undefined;
      for (let tries = 0; calls !== undefined && tries < TRIES; tries += 1) {
        const { value, isDone, busy } = this.attempt(calls, key, change, session);
        if (isDone) return Promise.resolve(value);
        if (busy !== undefined) break;
      }
    } catch (error) {
      if (!isRetired(error)) return quiet(Promise.reject(errorOf(error)));
      entries.lost();
    }
    return this.wait(key, change, session, seen?.());
  }

  /**
   * Sets what was computed outside of the cache, if the key has nothing by then, and if the request `flight`, where there is
   * one, still holds its name, so that nobody has written to the key since (R38). Resolves in either case.
   */
  store(
    key: string,
    encoded: string | Uint8Array,
    ttl: number,
    session: string,
    flight = 0,
  ): Promise<void> {
    const { entries } = this;
    try {
      entries.check(key);
      const calls = entries.backlog.empty ? entries.calls() : undefined;
      if (calls !== undefined) {
        entries.signature.sign(calls, session);
        // Undefined where it is not as expected.
        if (calls.swap(key, encoded, ttl, 0, flight) !== false) {
          entries.changed();
          return DONE;
        }
      }
    } catch (error) {
      if (!isRetired(error)) return quiet(Promise.reject(errorOf(error)));
      entries.lost();
    }
    const since = performance.now();
    const run = async (): Promise<void> => {
      const scoped = entries.scoped();
      if (scoped === undefined) throw new PSCError('ERR_PSC_RETIRED');
      const lives = Math.max(0, ttl - (performance.now() - since));
      const failure = await scoped.swapLater(key, encoded, lives, 0, flight);
      if (failure && failure.code !== 'ERR_PSC_CHANGED') throw failureOf(failure);
    };
    // Where no flight tells, it is read here until it is known whether it was set.
    const seen = flight === 0 ? encoded : undefined;
    return quiet(entries.backlog.add({ type: 'change', key, session, seen, run }));
  }

  /** Whether a key has something. */
  readonly has = (key: string): boolean => {
    const { backlog } = this.entries;
    const overlay = backlog.empty ? undefined : backlog.overlay(key);
    return overlay === undefined ? this.entries.calls()?.get(key) !== undefined : overlay !== null;
  };

  private wait<T>(
    key: string,
    change: Change<T>,
    session: string,
    seen: Overlay | undefined,
  ): Promise<T> {
    let result: T;
    let isLate = false;
    const run = async (): Promise<void> => {
      // Its caller was told that nothing has changed.
      if (!isLate) result = await this.insist(key, change, session);
    };
    const { entries } = this;
    let settled = entries.backlog.add({ type: 'change', key, session, seen, run });
    if (seen !== undefined) {
      settled = entries.unlessAbsent(settled);
    } else if (entries.calls() === undefined) {
      settled = untilLate(settled, () => {
        // Joined meanwhile: it is under way.
        isLate = entries.calls() === undefined;
        return isLate;
      });
    }
    return quiet(
      settled.then(
        () => result,
        (error) => Promise.reject(errorOf(error)),
      ),
    );
  }

  private async insist<T>(key: string, change: Change<T>, session: string): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const { entries } = this;
      const [calls, scoped] = [entries.calls(), entries.scoped()];
      // Joined no more: it is its turn again when there is another one.
      if (calls === undefined || scoped === undefined) throw new PSCError('ERR_PSC_RETIRED');
      const { value, isDone, busy } = this.attempt(calls, key, change, session);
      if (isDone) return value;
      if (busy !== undefined) {
        const failure = await scoped.swapLater(key, busy.encoded, busy.ttl, busy.expected);
        if (failure === undefined || failure === null) return value;
        if (failure.code !== 'ERR_PSC_CHANGED') throw failureOf(failure);
      }
      if (tries % TRIES === 0) await pause(tries / TRIES);
    }
  }

  private attempt<T>(
    calls: NativeCalls,
    key: string,
    change: Change<T>,
    session: string,
  ): Tried<T> {
    const { encoding, found, signature } = this.entries;
    const text = calls.get(key);
    // Before the change is computed, which may read other keys.
    const expected = text === undefined ? 0 : (found[SEQ] as number);
    const { value, ttl } = change(text === undefined ? undefined : encoding.read(key, text));
    if (value === undefined && expected === 0) return { value, isDone: true };
    const encoded = value === undefined ? undefined : encoding.encode(key, value);
    signature.sign(calls, session);
    const swapped = calls.swap(key, encoded, ttl, expected);
    if (swapped === false) return { value, isDone: false, busy: { encoded, ttl, expected } };
    if (swapped) this.entries.changed();
    return { value, isDone: swapped === true };
  }
}

/** A promise, or `ERR_PSC_TIMEOUT` if there is no region for {@link UNKNOWN_AFTER_MS}. */
function untilLate(settled: Promise<void>, isLate: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (!isLate()) return;
      const message =
        `Nothing was changed: no synchronizer was found within ${UNKNOWN_AFTER_MS} ms, so it is not known what the key ` +
        'has. Call `createNodePSCSynchronizer` in the main process of the application, and try again.';
      reject(new PSCError('ERR_PSC_TIMEOUT', message));
    }, UNKNOWN_AFTER_MS);
    settled.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function failureOf({ code, message }: { code: string; message: string }): unknown {
  return fromNative(Object.assign(new Error(message), { code }));
}

function errorOf(error: unknown): unknown {
  return error instanceof Thrown ? error.error : fromNative(error);
}

/** A cache that cannot write must not end its host. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

/** Lets the others get on: the longer, the more often somebody else was faster. */
function pause(failures: number): Promise<void> {
  const ms = Math.random() * Math.min(2 ** failures / 2, LONGEST_PAUSE);
  return new Promise((resolve) => {
    if (ms < 1) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}
