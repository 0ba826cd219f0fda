import { checkPositive, checkSyncAdapter } from './checks';
import { timeToLive } from './expiry';
import { LockKeeper } from './locks/keeper';
import { isLockEvent, type LockAnswer, type LockEvent, wishOf } from './locks/wire';
import { type Runtime, runtime } from './mirror/runtime';
import { GAP_PATIENCE_MS, isEvent, isFromSynchronizer } from './mirror/wire';
import { loadNative, type NativeHub } from './native';
import { checkOptions, type Known } from './options';
import { Plan, type Sweepable } from './sweeper';
import type {
  PSCSynchronizer,
  PSCSynchronizerOptions,
  PSCSynchronizerStats,
  SharedCacheEvent,
  SyncAdapter,
} from './types';
import { Uplinks } from './uplinks';
import { warn } from './warnings';

const KNOWN: Known<PSCSynchronizerOptions> = { maxBytes: true, maxValueBytes: true };
/** Most events taken from the hub at once. */
const POLL_LIMIT = 256;
/** Most scopes remembered for the case that all mirrors have to be given the whole state. */
const MAX_SCOPES = 10_000;

const MAX_EPOCH = 2 ** 48;

type Reply = (event: SharedCacheEvent) => void | Promise<void>;

/** What a {@link Synchronizer} may be given. */
interface SynchronizerParts {
  readonly former?: Synchronizer | undefined;
  readonly runtime?: Pick<Runtime, 'now' | 'after'>;
}

interface Received {
  readonly reply: Reply | undefined;
  /** Undefined for what has not the shape of one. */
  readonly event: SharedCacheEvent | undefined;
}

/**
 * Puts the events of mirrors in one order: applies each to the store, and tells the mirrors what the store's feed
 * says, echoes included (M1). The memory store has the same feed as the region, so the same rules hold (M9).
 */
export class Synchronizer implements Sweepable {
  readonly #hub: NativeHub;
  readonly #send: Reply;
  /** Those that mirrors have asked for, and the position of what they were all told last, where that is known. */
  readonly #scopes = new Map<string | undefined, number | undefined>();
  readonly #keeper: LockKeeper;
  readonly #uplinks: Uplinks<Received>;
  readonly #waiting: Received[] = [];
  readonly #plan = new Plan(this);
  #busy = false;
  #closed = false;
  #warned = false;
  /** Tells its answers about locks from those of another synchronizer. */
  readonly #lockEpoch = 1 + Math.floor(Math.random() * MAX_EPOCH);
  #lockAnswers = 0;
  readonly #counts = {
    received: 0,
    applied: 0,
    duplicates: 0,
    rejected: 0,
    answered: 0,
    ignored: 0,
    malformed: 0,
    failures: 0,
  };

  /** @param former - Whose place it takes, on the same transport. */
  constructor(
    hub: NativeHub,
    send: Reply,
    { former, runtime: own = runtime }: SynchronizerParts = {},
  ) {
    this.#hub = hub;
    this.#keeper = new LockKeeper(hub);
    this.#send = send;
    this.#uplinks = new Uplinks({
      runtime: own,
      deliver: (received) => this.#waiting.push(received),
      onTimeout: () => this.#alone(),
      onGap: () => this.#warnOfGap(),
    });
    if (former !== undefined) this.#uplinks.takeOver(former.#uplinks);
  }

  stats(): PSCSynchronizerStats {
    return { ...this.#counts };
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#uplinks.close();
    this.#keeper.close();
  }

  /** Everything an event leads to is sent when this returns, or when the call it is nested in does. */
  receive(event: unknown, reply: Reply | undefined): void {
    if (this.#closed) return;
    this.#counts.received += 1;
    const isKnown = isEvent(event) || isLockEvent(event);
    const received = { event: isKnown ? event : undefined, reply };
    // What is no event has no place among others; what is a synchronizer's own is nobody's message.
    if (!isKnown || isFromSynchronizer(event)) this.#waiting.push(received);
    else if (!this.#uplinks.receive(event, received)) this.#counts.duplicates += 1;
    this.#alone();
  }

  /** Sends what others have changed in the store. */
  tell(): void {
    if (!this.#closed) this.#alone(() => this.#tell());
  }

  sweep(): number | undefined {
    if (this.#closed) return undefined;
    const next = this.#hub.sweep() ?? undefined;
    this.#plan.swept(next);
    this.tell();
    return next;
  }

  /** Sends the whole state of these scopes, because it is another one than was told before. */
  tellState(scopes: Iterable<string | undefined>): void {
    for (const scope of scopes) this.#remember(scope);
    if (!this.#closed) this.#alone(() => this.#tellEverything());
  }

  /** A transport that delivers before `send` returns would put later events before earlier ones. */
  #alone(first?: () => void): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      first?.();
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#take(next);
      }
    } finally {
      this.#busy = false;
    }
  }

  #take({ event, reply }: Received): void {
    if (event === undefined) {
      this.#counts.malformed += 1;
    } else if (isLockEvent(event)) {
      this.#hold(event, reply ?? this.#send);
    } else if (isFromSynchronizer(event)) {
      this.#counts.ignored += 1;
    } else {
      try {
        this.#remember(event.scope ?? undefined);
        if (event.type === 'init' && event.if !== undefined) this.#tellKey(event, reply);
        else if (event.type === 'init') this.#answer(event, reply);
        else this.#apply(event, event.type as 'set' | 'remove' | 'clear', reply);
      } catch {
        // What the platform refused. It is not settled by what acknowledges later ones, and its mirror asks.
        this.#counts.failures += 1;
        this.#uplinks.refuse(event, 'ERR_PSC_IO');
      }
    }
  }

  /** A lock on behalf of a mirror (M12). An answer, which a bus gives back, is for a mirror. */
  #hold({ type, scope, senderID, write = 0, to, value }: LockEvent, reply: Reply): void {
    const wish = to === undefined ? wishOf(value) : undefined;
    if (wish === undefined) return;
    if (type === 'unlock') {
      this.#keeper.unlock(senderID, write, wish.names);
      return;
    }
    const where = scope ?? undefined;
    const place = where === undefined ? {} : { scope: where };
    const base = { ...place, senderID: '', type, key: '', to: senderID, write };
    const epoch = this.#lockEpoch;
    const answer = (answer: LockAnswer) => {
      this.#lockAnswers += 1;
      this.#deliver(reply, { ...base, ...answer, epoch, message: this.#lockAnswers });
    };
    this.#keeper.lock({ senderID, number: write, account: senderID, scope: where, answer }, wish);
  }

  #apply(
    event: SharedCacheEvent,
    type: 'set' | 'remove' | 'clear',
    reply: Reply | undefined,
  ): void {
    const {
      scope,
      senderID,
      key,
      value,
      ttl,
      write = 0,
      session,
      if: expected,
      epoch,
      flight,
    } = event;
    const text = type === 'set' ? toJson(value) : undefined;
    if (type === 'set' && text === undefined) {
      this.#counts.malformed += 1;
      this.#uplinks.refuse(event, 'ERR_PSC_INVALID_EVENT');
      return;
    }
    const given = typeof ttl === 'number' ? ttl : timeToLive(key, value, undefined);
    // Who expects something and gives no end wants that kept which is there.
    const lives = given ?? (expected === undefined ? Number.POSITIVE_INFINITY : Number.NaN);
    const request = typeof flight === 'string' ? this.#keeper.requestOf(flight) : 0;
    const condition =
      expected === undefined ? ([] as const) : ([expected, epoch ?? 0, request] as const);
    const where = scope ?? undefined;
    const { outcome, answer } = this.#hub.apply(
      type,
      where,
      key,
      text,
      lives,
      senderID,
      write,
      typeof session === 'string' ? session : undefined,
      ...condition,
    );
    if (type === 'set') this.#plan.endsIn(lives);
    if (outcome === 'applied') this.#counts.applied += 1;
    else if (outcome === 'duplicate') this.#counts.duplicates += 1;
    else this.#counts.rejected += 1;
    if (answer !== undefined) {
      const told: SharedCacheEvent = JSON.parse(answer);
      // What expected something is settled by its own answer.
      if (told.error !== undefined && expected === undefined) {
        this.#uplinks.refuse(event, told.error.code);
      }
      this.#deliver(reply ?? this.#send, told);
    }
    this.#tell(write > 0 ? reply : undefined, senderID);
  }

  /** Sends what the feed says; what acknowledges the writer's writes also to the writer alone (M2). */
  #tell(reply?: Reply, writer?: string): void {
    for (let text = this.#hub.poll(POLL_LIMIT); text !== '[]'; text = this.#hub.poll(POLL_LIMIT)) {
      if (text === undefined) {
        this.#tellEverything();
        continue;
      }
      for (const event of JSON.parse(text) as SharedCacheEvent[]) {
        this.#chain(event);
        this.#deliver(this.#send, event);
        if (reply !== undefined && event.senderID === writer) this.#deliver(reply, event);
      }
    }
  }

  /** Says which change was told before this one. */
  #chain(event: SharedCacheEvent): void {
    const { scope, seq } = event;
    const last = this.#scopes.get(scope);
    if (last === undefined && !this.#scopes.has(scope)) return;
    if (last !== undefined) event.after = last;
    if (seq !== undefined) this.#scopes.set(scope, seq);
  }

  /** Changes were lost to the feed: every mirror is given the whole state of its scope. */
  #tellEverything(): void {
    this.#hub.resync();
    for (const scope of this.#scopes.keys()) {
      const events = JSON.parse(this.#hub.init(scope, undefined)) as SharedCacheEvent[];
      this.#scopes.set(scope, events[0]?.seq ?? 0);
      for (const event of inParts(events)) this.#deliver(this.#send, event);
    }
  }

  #answer({ scope, senderID, write }: SharedCacheEvent, reply: Reply | undefined): void {
    this.#tell();
    this.#counts.answered += 1;
    const where = scope ?? undefined;
    const events = JSON.parse(this.#hub.init(where, senderID)) as SharedCacheEvent[];
    // What is told from now on comes after this state.
    if (this.#scopes.get(where) === undefined) this.#scopes.set(where, events[0]?.seq ?? 0);
    for (const event of inParts(events)) {
      // Where nobody else hears it, the answer of a fresh store is upstream's to the letter.
      const isFresh = event.seq === undefined && event.ack === undefined;
      const { to: _, epoch: _epoch, ...bare } = event;
      const told = reply !== undefined && isFresh ? bare : numbered(event, write);
      this.#deliver(reply ?? this.#send, told);
    }
  }

  /** What one key has, and the change that set it, for the one who asks. */
  #tellKey({ scope, key, senderID, write = 0 }: SharedCacheEvent, reply: Reply | undefined): void {
    this.#tell();
    this.#counts.answered += 1;
    const answer = this.#hub.tellKey(scope ?? undefined, key, senderID, write);
    this.#deliver(reply ?? this.#send, JSON.parse(answer));
  }

  #deliver(send: Reply, event: SharedCacheEvent): void {
    const failed = () => {
      this.#counts.failures += 1;
    };
    try {
      // One receiver that is gone must not keep the others from being told.
      Promise.resolve(send(this.#uplinks.withRefusals(event))).catch(failed);
    } catch {
      failed();
    }
  }

  #warnOfGap(): void {
    if (this.#warned) return;
    this.#warned = true;
    warn(
      'PSC_OUT_OF_ORDER',
      `A mirror's messages did not come within ${GAP_PATIENCE_MS} ms of those that were sent after them. Its writes in ` +
        'them reject with `ERR_PSC_OUT_OF_ORDER`. See that the transport loses nothing, and delays nothing that long.',
    );
  }

  #remember(scope: string | undefined): void {
    const last = this.#scopes.get(scope);
    this.#scopes.delete(scope);
    this.#scopes.set(scope, last);
    if (this.#scopes.size > MAX_SCOPES) this.#scopes.delete(this.#scopes.keys().next().value);
  }
}

/** A state that is told in several events, with their numbers: a transport may put them in another order. */
function inParts(events: SharedCacheEvent[]): SharedCacheEvent[] {
  return events.length === 1 ? events : events.map((event, part) => ({ ...event, part }));
}

/** With the number of the question that it answers. */
function numbered(event: SharedCacheEvent, write: number | undefined): SharedCacheEvent {
  return write === undefined ? event : { ...event, write };
}

/** Encoded once, and not looked into by anyone from here on. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/**
 * Creates the synchronizer of all mirrors on a transport: it orders what they write, stores it in this process's
 * memory, and tells them. One per application and transport.
 *
 * Mirrors of `@alova/psc` may take part. Events that are malformed are dropped and counted, never thrown at the
 * transport.
 *
 * @param syncAdapter - The transport. Where its `receive` hands on a `replyFn`, what concerns one mirror goes there.
 * @param options - See {@link PSCSynchronizerOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, and `ERR_PSC_NATIVE_UNAVAILABLE` without the native binary.
 */
export function createPSCSynchronizer(
  syncAdapter: SyncAdapter,
  options: PSCSynchronizerOptions = {},
): PSCSynchronizer {
  checkSyncAdapter(syncAdapter);
  checkOptions('createPSCSynchronizer', options, KNOWN);
  const { maxBytes, maxValueBytes } = options;
  checkPositive('maxBytes', maxBytes);
  checkPositive('maxValueBytes', maxValueBytes);
  const hub = loadNative().Hub.memory({
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxValueBytes !== undefined && { maxValueBytes }),
  });
  const synchronizer = new Synchronizer(hub, (event) => syncAdapter.send(event));
  syncAdapter.receive((event, reply) => synchronizer.receive(event, reply));
  return { close: () => synchronizer.close(), stats: () => synchronizer.stats() };
}
