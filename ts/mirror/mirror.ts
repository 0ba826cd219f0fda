import { ABSENT_AFTER_MS } from '../absence';
import { checkKey, checkKeySize, isTooLarge } from '../checks';
import { PSCError } from '../errors';
import type {
  PSCChange,
  PSCChangeType,
  SharedCacheEvent,
  StorageAdapter,
  SyncAdapter,
} from '../types';
import { checkRoom } from './bounds';
import { carry } from './carried';
import { subscribe } from './fanOut';
import { Follower } from './follower';
import { follow } from './following';
import { Heard } from './heard';
import { Ledger } from './ledger';
import { Outbox } from './outbox';
import type { Write } from './pending';
import { Questions } from './questions';
import { noop, quiet } from './quiet';
import { Replica } from './replica';
import type { Runtime } from './runtime';
import { isOver, type State } from './state';
import { Swaps } from './swaps';
import type { Outgoing, Values } from './values';

/** After how many ms the caller of a write that nobody settled is told so. The write stays pending. */
export const GIVE_UP_AFTER_MS = 10_000;

/** What a mirror is made of. */
export interface MirrorParts {
  readonly syncAdapter: SyncAdapter;
  readonly storage: StorageAdapter;
  readonly scope: string | undefined;
  readonly values: Values;
  readonly runtime: Runtime;
}

const closedError = () =>
  new PSCError('ERR_PSC_CLOSED', 'The adapter was closed. Create a new one.');

/**
 * A copy of one scope in a process that cannot map the store. It reads from the copy, sends what it writes to the
 * synchronizer, and follows the one order that comes back (rules M1 to M9).
 *
 * However writes race, all mirrors of a scope converge on what the store holds, and each reads its own writes.
 */
export class Mirror {
  /** Resolves with the first state of the scope. */
  readonly ready: Promise<void>;
  /** Changes that no other process comes between. */
  readonly swaps: Swaps;
  readonly #id: string;
  readonly #scope: string | undefined;
  readonly #values: Values;
  readonly #runtime: Runtime;
  readonly #heard: Heard;
  readonly #replica: Replica;
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;
  readonly #questions: Questions;
  readonly #follower: Follower;
  readonly #unsubscribe: () => void;
  #finishReady: (error?: PSCError) => void = () => {};
  /** When a write was last settled, on the mirror's clock. */
  #settledAt = 0;
  #lastNumber = 0;
  #hasWritten = false;
  #closed = false;
  /** Whether a synchronizer has ever told the state of the scope. */
  #hasState = false;
  /** Resolves when none has for so long that nobody should wait for it; made with the first write that waits. */
  #absence: Promise<void> | undefined;
  #forgetAbsence = noop;

  constructor({ syncAdapter, storage, scope, values, runtime }: MirrorParts) {
    this.#id = runtime.newId();
    this.#scope = scope;
    this.#values = values;
    this.#runtime = runtime;
    this.#replica = new Replica(storage, runtime);
    this.#ledger = new Ledger(this.#replica);
    this.#heard = new Heard(scope);
    this.#outbox = new Outbox(syncAdapter);
    this.ready = this.#promise((finish) => {
      this.#finishReady = finish;
    });
    this.#questions = new Questions({
      runtime,
      send: () => this.#sendQuestion(),
      isWaiting: () => {
        return this.#ledger.pending.count > 0 || this.#ledger.inDoubt || this.swaps.isWaiting;
      },
      isOverdue: (ms) => this.#isOverdue(ms),
      look: () => this.#look(),
    });
    this.swaps = new Swaps({
      runtime,
      values,
      newNumber: () => this.#newNumber(),
      event: (type, key, session) => this.#event(type, key, session),
      post: (sendable) => this.#outbox.post(sendable),
      attend: () => this.#questions.attend(),
      check: () => this.#check(),
      isPlain: () => this.#follower.isPlain,
    });
    this.#follower = new Follower({
      id: this.#id,
      scope,
      runtime,
      values,
      ledger: this.#ledger,
      questions: this.#questions,
      onAnswer: (event) => this.swaps.receive(event),
      hasWritten: () => this.#hasWritten,
      onRefused: (codes) => this.swaps.refused(codes),
      heard: this.#heard,
      onState: () => {
        this.#hasState = true;
        this.#replica.whenEnded(() => this.#finishReady());
      },
    });
    const unfollow = follow(syncAdapter, scope, this.#id);
    const unsubscribe = subscribe(syncAdapter, (event) => {
      this.#follower.receive(event);
      // Somebody is there: what the transport refused may go now.
      this.#outbox.flush();
    });
    this.#unsubscribe = () => {
      unsubscribe();
      unfollow();
    };
    this.#questions.ask();
  }

  /** Whether nothing but the storage says what a key holds: no write is pending. */
  get isCalm(): boolean {
    return this.#ledger.pending.count === 0 && !this.#closed;
  }

  /** How many entries of the copy were over. */
  get expirations(): number {
    return this.#replica.expirations;
  }

  on(type: PSCChangeType, listener: (change: PSCChange) => void): () => void {
    if (this.#closed) throw closedError();
    return this.#heard.listeners.add(type, listener);
  }

  get(key: string): unknown {
    checkKey(key);
    if (this.#closed) throw closedError();
    // The storage may be slower than the caller, or have dropped it: own writes are read from here (M3).
    const own = this.#ledger.pending.latest(key);
    if (own === undefined) return this.#values.read(key, this.#replica.get(key));
    const { entry } = own;
    if (entry === undefined || isOver(entry.expiresAt, this.#runtime.now())) return undefined;
    return this.#values.read(key, entry.value);
  }

  set(key: string, value: unknown, lives = this.#values.ttl, session?: string): Promise<void> {
    checkKey(key);
    checkKeySize(key);
    const outgoing = this.#values.write(key, value, lives);
    const { ttl } = outgoing;
    const now = this.#runtime.now();
    const expiresAt = ttl === undefined ? undefined : now + ttl;
    return this.#write('set', key, now, { value: outgoing.kept, expiresAt }, outgoing, session);
  }

  remove(key: string): Promise<void> {
    checkKey(key);
    if (isTooLarge(key)) return this.detach();
    return this.#write('remove', key, this.#runtime.now(), undefined);
  }

  clear(): Promise<void> {
    return this.#write('clear', '', this.#runtime.now(), undefined);
  }

  /** A clear that clears nothing: what a mirror holds is not remembered from reading, it is what is read. */
  detach(): Promise<void> {
    if (this.#closed) throw closedError();
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#forgetAbsence();
    this.#questions.close();
    this.#outbox.clear();
    this.#heard.listeners.clear();
    this.#replica.close();
    const error = closedError();
    this.#finishReady(error);
    for (const write of this.#ledger.pending.take(Number.POSITIVE_INFINITY)) write.finish(error);
    this.swaps.close(error);
  }

  #write(
    type: Write['type'],
    key: string,
    madeAt: number,
    entry: State,
    outgoing?: Outgoing,
    session = this.#values.session(),
  ): Promise<void> {
    this.#check();
    const size = key.length + (outgoing?.text.length ?? 0);
    checkRoom(this.#ledger.pending, size);
    const number = this.#lastNumber + 1;
    const event = this.#event(type, key, session);
    if (outgoing !== undefined) {
      const { sent, ttl, text } = outgoing;
      event.value = sent;
      if (ttl !== undefined) event.ttl = ttl;
      carry(event, { text, value: sent });
    }
    event.write = number;
    const { reach } = this.#ledger.order;
    let stored: Promise<unknown> | undefined;
    const settled = this.#promise((finish) => {
      const write: Write = {
        number,
        type,
        key,
        entry,
        event,
        size,
        madeAt,
        reach,
        sent: false,
        echoed: false,
        finish,
      };
      stored = this.#ledger.write(write);
      this.#lastNumber = number;
      this.#hasWritten = true;
      this.#outbox.post(write);
    });
    this.#questions.attend();
    // A cache that is not there holds nobody up: the write is read here, and shared as soon as there is a synchronizer.
    const told = this.#hasState ? settled : quiet(Promise.race([settled, this.#untilAbsent()]));
    if (stored === undefined) return told;
    const done = stored;
    done.catch(noop);
    return quiet(told.then(() => done.then(noop)));
  }

  #untilAbsent(): Promise<void> {
    this.#absence ??= new Promise((resolve) => {
      this.#forgetAbsence = this.#runtime.after(ABSENT_AFTER_MS, resolve);
    });
    return this.#absence;
  }

  #check(): void {
    if (this.#closed) throw closedError();
  }

  #newNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #event(type: SharedCacheEvent['type'], key: string, session = ''): SharedCacheEvent {
    const scope = this.#scope;
    const senderID = this.#id;
    const event = scope === undefined ? { senderID, type, key } : { scope, senderID, type, key };
    return session === '' ? event : { ...event, session };
  }

  #sendQuestion(): boolean {
    this.#ledger.order.record();
    const number = this.#newNumber();
    this.#questions.open({
      number,
      reach: this.#ledger.order.reach,
      lastSent: this.#outbox.lastSent,
      inDoubt: this.#follower.ownCameBack,
    });
    const event = { ...this.#event('init', ''), write: number, since: this.#firstAwaited() };
    return this.#outbox.transmit(event);
  }

  /** The number of the first message that something waits for; what was asked before is asked anew. */
  #firstAwaited(): number {
    let first = this.#outbox.nextMessage;
    for (const { event, sent } of this.#ledger.pending.all()) {
      if (sent && event.message !== undefined) first = Math.min(first, event.message);
    }
    return Math.min(first, this.swaps.firstMessage);
  }

  /** Whether a write or a doubt has waited for this long. */
  #isOverdue(ms: number): boolean {
    for (const { madeAt } of this.#ledger.pending.all()) {
      return this.#runtime.now() - madeAt >= ms || this.#ledger.inDoubt;
    }
    return this.#ledger.inDoubt;
  }

  /** Time has passed, and something waits. */
  #look(): void {
    this.#outbox.flush();
    const now = this.#runtime.now();
    this.swaps.look(now);
    for (const write of this.#ledger.pending.all()) {
      // A synchronizer that settles one write after the other is there: it has much to do.
      if (now - Math.max(write.madeAt, this.#settledAt) < GIVE_UP_AFTER_MS) break;
      const message =
        `The ${write.type} was not settled within ${GIVE_UP_AFTER_MS} ms. It stays pending and may still be applied. ` +
        'See that a synchronizer is running and reachable.';
      write.finish(new PSCError('ERR_PSC_TIMEOUT', message));
    }
  }

  #promise(start: (finish: (error?: PSCError) => void) => void): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      start((error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        this.#settledAt = this.#runtime.now();
        resolve();
      });
    });
    return quiet(promise);
  }
}
