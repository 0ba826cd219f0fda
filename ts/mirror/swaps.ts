import { type Change, incrementing, Thrown, updating } from '../change';
import { checkKey, checkKeySize } from '../checks';
import { serializeError } from '../codec';
import type { PSCError } from '../errors';
import type { PSCAtomics, SharedCacheEvent } from '../types';
import { carry } from './carried';
import type { Sendable } from './outbox';
import type { Runtime } from './runtime';
import { answeredError, notReceived, queueFull, unknownOutcome, unsupported } from './swapErrors';
import type { Values } from './values';
import { ASK_AFTER_MS } from './vigil';
import { codeOf } from './wire';

/** Most changes that wait. */
const MAX_WAITING = 10_000;
/** After how many ms without an answer the caller is told so. */
const GIVE_UP_AFTER_MS = 10_000;
/** And so many looks: there is one each two seconds, if the process runs. */
const LOOKS = 4;
/** The store had no turn for the synchronizer: nothing was changed, and it is tried again for so many ms. */
const BUSY = 'ERR_PSC_TIMEOUT';
const BUSY_FOR_MS = 5000;
/** After so many changes that came too late, and each time as many again, there is a pause of random length. */
const TRIES = 8;
const LONGEST_PAUSE_MS = 16;

/** A change that is to be made: what it makes of an entry may depend on what others hold. */
type Making = (current: unknown) => ReturnType<Change> | Promise<ReturnType<Change>>;

/** What a key has, as the synchronizer says. */
interface Known {
  readonly event: SharedCacheEvent;
  /** The change that set it; 0 if there is nothing. */
  readonly seq: number;
}

/** A question for one key, or a write that expects something, that is not answered. */
interface Open extends Sendable {
  readonly askedAt: number;
  /** How often was looked after it. */
  looks: number;
  /** Questions only: asked once more, after a while. */
  readonly again: ((looks: number) => void) | undefined;
  readonly answer: (event: SharedCacheEvent) => void;
  readonly fail: (error: unknown) => void;
}

type Opening = Pick<Open, 'askedAt' | 'looks' | 'again' | 'answer' | 'fail'>;

interface Job {
  readonly make: Making;
  readonly session: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What {@link Swaps} needs of its mirror. */
export interface Swapper {
  readonly runtime: Runtime;
  readonly values: Values;
  newNumber(): number;
  event(type: SharedCacheEvent['type'], key: string, session?: string): SharedCacheEvent;
  post(sendable: Sendable): void;
  /** Something waits, or nothing does any more. */
  attend(): void;
  /** Throws if the mirror was closed. */
  check(): void;
  /** Whether the peer is known not to put events in order. */
  isPlain(): boolean;
}

/**
 * Compare and swap for mirrors (M11): asks the synchronizer what a key has, computes, and sends a write that is applied
 * only if the key still has that. What the mirror itself holds is not asked: its storage may be the user's, and readers may
 * have changed the objects in it.
 */
export class Swaps implements PSCAtomics {
  readonly #mirror: Swapper;
  readonly #open = new Map<number, Open>();
  /** By key, first come, first served: changes of one mirror need not race each other. */
  readonly #jobs = new Map<string, Job[]>();
  #waiting = 0;
  /** Is told of the key of a change that was applied. */
  onApplied: (key: string) => void = () => {};
  /** The order that the last answer was from. */
  #epoch: number | undefined;

  constructor(mirror: Swapper) {
    this.#mirror = mirror;
  }

  /** Whether an answer is awaited. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** The number of the first message that is not answered. */
  get firstMessage(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { event, sent } of this.#open.values()) {
      if (sent && event.message !== undefined) first = Math.min(first, event.message);
    }
    return first;
  }

  /** Whether nothing is to be changed. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  readonly update: PSCAtomics['update'] = (key, change) =>
    this.#start(key, (ttl) => updating(key, change, ttl));

  readonly increment: PSCAtomics['increment'] = (key, by = 1, options = {}) =>
    this.#start(key, (ttl) => incrementing(key, by, options, ttl));

  #start<T>(key: string, changeFor: (ttl: number | undefined) => Change<T>): Promise<T> {
    try {
      checkKey(key);
      checkKeySize(key);
      return this.make(key, changeFor(this.#mirror.values.ttl)) as Promise<T>;
    } catch (error) {
      return quiet(Promise.reject(error));
    }
  }

  /** Changes a key, when those before it are done. Throws `ERR_PSC_CLOSED`, `ERR_PSC_QUEUE_FULL`. */
  make(key: string, make: Making, session = this.#mirror.values.session()): Promise<unknown> {
    this.#mirror.check();
    if (this.#mirror.isPlain()) throw unsupported();
    if (this.#waiting >= MAX_WAITING) throw queueFull(MAX_WAITING);
    this.#waiting += 1;
    const made = new Promise((resolve, reject) => {
      const job = { make, session, resolve, reject };
      const jobs = this.#jobs.get(key);
      if (jobs !== undefined) {
        jobs.push(job);
        return;
      }
      this.#jobs.set(key, [job]);
      void this.#work(key);
    });
    const done = () => {
      this.#waiting -= 1;
    };
    made.then(done, done);
    return quiet(made);
  }

  /**
   * Sets what was computed outside of the cache, if the key has nothing and the flight holds it still (R38). Resolves in
   * either case; rejects where it is not known what became of it.
   */
  async store(
    key: string,
    value: unknown,
    ttl: number | undefined,
    session: string,
    flight: string,
  ): Promise<void> {
    checkKeySize(key);
    const { runtime, values } = this.#mirror;
    const since = runtime.now();
    const lives = values.write(key, value, ttl).ttl ?? Number.POSITIVE_INFINITY;
    for (let tries = 1; ; tries += 1) {
      this.#mirror.check();
      const nothing: Known = {
        event: { ...this.#mirror.event('remove', key), epoch: this.#epoch },
        seq: 0,
      };
      const { error } = await this.#swap(key, nothing, value, lives, session, flight);
      if (error?.code !== BUSY) return;
      if (runtime.now() - since > BUSY_FOR_MS) throw answeredError(error);
      await this.#pause(tries);
    }
  }

  /** What the key has in the store. Rejects where nobody can be asked. */
  async read(key: string): Promise<unknown> {
    const { seq, event } = await this.#ask(key);
    return seq === 0 ? undefined : this.#mirror.values.copyOf(event);
  }

  /** Whether a key has something, by the synchronizer's word. */
  async has(key: string): Promise<boolean> {
    return (await this.#ask(key)).seq !== 0;
  }

  /** An event came that is for this mirror alone. */
  receive(event: SharedCacheEvent): void {
    const open = this.#open.get(event.write ?? 0);
    if (open === undefined) return;
    this.#open.delete(open.number);
    const { error, key } = event;
    const isKnown = event.if !== undefined && event.type !== 'init';
    if (error?.code === BUSY && open.again === undefined) {
      open.answer(event);
    } else if (error !== undefined && error.code !== 'ERR_PSC_CHANGED') {
      open.fail(answeredError(error));
    } else if (isKnown) {
      open.answer(event);
    } else {
      // A write that came twice, of which the first answer was lost.
      open.fail(open.again === undefined ? unknownOutcome(key, GIVE_UP_AFTER_MS) : unsupported());
    }
  }

  /** Messages were refused. What has an answer of its own is told by that; what never came has none. */
  refused(codes: Readonly<Record<string, unknown>>): void {
    for (const open of [...this.#open.values()]) {
      if (codeOf(codes, open.event) !== 'ERR_PSC_OUT_OF_ORDER') continue;
      if (open.again === undefined) {
        this.#fail(open, notReceived(open.event.key));
      } else {
        this.#open.delete(open.number);
        open.again(open.looks);
      }
    }
  }

  /** Time has passed. */
  look(now: number): void {
    for (const open of [...this.#open.values()]) {
      const waited = now - open.askedAt;
      open.looks += 1;
      if (this.#mirror.isPlain()) {
        this.#fail(open, unsupported());
      } else if (waited >= GIVE_UP_AFTER_MS && open.looks > LOOKS) {
        // Time alone does not tell: a process that did not run has not read what has come, either.
        this.#fail(open, unknownOutcome(open.event.key, GIVE_UP_AFTER_MS));
      } else if (waited >= ASK_AFTER_MS && open.again !== undefined) {
        this.#open.delete(open.number);
        open.again(open.looks);
      }
    }
  }

  /** Rejects all that waits. */
  close(error: PSCError): void {
    for (const jobs of this.#jobs.values()) for (const job of jobs.splice(1)) job.reject(error);
    for (const open of [...this.#open.values()]) this.#fail(open, error);
  }

  #fail(open: Open, error: unknown): void {
    this.#open.delete(open.number);
    open.fail(error);
  }

  async #work(key: string): Promise<void> {
    const jobs = this.#jobs.get(key) ?? [];
    let known: Known | undefined;
    for (let job = jobs[0]; job !== undefined; job = jobs[0]) {
      try {
        const made = await this.#insist(key, job, known);
        known = made.known;
        job.resolve(made.value);
      } catch (error) {
        known = undefined;
        job.reject(error instanceof Thrown ? error.error : error);
      }
      jobs.shift();
    }
    this.#jobs.delete(key);
  }

  async #insist(
    key: string,
    { make, session }: Job,
    before: Known | undefined,
  ): Promise<{ readonly value: unknown; readonly known: Known | undefined }> {
    const { runtime } = this.#mirror;
    const since = runtime.now();
    let known = before ?? (await this.#ask(key));
    for (let tries = 1; ; tries += 1) {
      this.#mirror.check();
      const { value, ttl } = await make(this.#current(key, known));
      if (value === undefined && known.seq === 0) return { value, known };
      const answer = await this.#swap(key, known, value, ttl, session);
      const { error } = answer;
      known = knownFrom(answer);
      if (error === undefined) {
        this.onApplied(key);
        return { value, known };
      }
      if (error.code === BUSY && runtime.now() - since > BUSY_FOR_MS) throw answeredError(error);
      if (error.code === BUSY || tries % TRIES === 0) {
        await this.#pause(tries);
        known = await this.#ask(key);
      }
    }
  }

  #current(key: string, { event, seq }: Known): unknown {
    if (event.type === 'set') return this.#mirror.values.copyOf(event);
    if (seq === 0) return undefined;
    throw serializeError(key, 'has no JSON text, and a mirror cannot read it');
  }

  /** Asks what a key has; again after a while, because a question changes nothing. */
  async #ask(key: string): Promise<Known> {
    const askedAt = this.#mirror.runtime.now();
    const event = await new Promise<SharedCacheEvent>((answer, fail) => {
      const again = (looks: number) => {
        const question = { ...this.#mirror.event('init', key), if: 0 };
        this.#post(question, { askedAt, looks, again, answer, fail });
      };
      again(0);
    });
    this.#epoch = event.epoch;
    return knownFrom(event);
  }

  #swap(
    key: string,
    { event: { epoch }, seq }: Known,
    value: unknown,
    ttl: number | undefined,
    session: string,
    flight?: string,
  ): Promise<SharedCacheEvent> {
    const event = this.#mirror.event(value === undefined ? 'remove' : 'set', key, session);
    event.if = seq;
    event.epoch = epoch;
    if (flight !== undefined) event.flight = flight;
    if (value !== undefined) {
      const { sent, text } = this.#mirror.values.write(key, value);
      event.value = sent;
      if (ttl !== undefined && ttl !== Number.POSITIVE_INFINITY) event.ttl = ttl;
      carry(event, { text, value: sent });
    }
    const askedAt = this.#mirror.runtime.now();
    return new Promise((answer, fail) => {
      this.#post(event, { askedAt, looks: 0, again: undefined, answer, fail });
    });
  }

  #post(event: SharedCacheEvent, open: Opening): void {
    const number = this.#mirror.newNumber();
    event.write = number;
    const sendable = { ...open, number, event, sent: false };
    this.#open.set(number, sendable);
    this.#mirror.post(sendable);
    this.#mirror.attend();
  }

  #pause(failures: number): Promise<void> {
    const ms = Math.random() * Math.min(2 ** failures, LONGEST_PAUSE_MS);
    // Of the platform's own: a process is not to end in the middle of a change that it awaits.
    return new Promise((resolve) => void setTimeout(resolve, ms));
  }
}

function knownFrom(event: SharedCacheEvent): Known {
  return { event, seq: event.if ?? 0 };
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
