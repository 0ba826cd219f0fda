import { checkKey, isTooLarge } from '../checks';
import { type Encoding, resolveCodec } from '../codec';
import { structuredEncoding } from '../codecStructured';
import { timeToLive } from '../expiry';
import { Memo, type MemoBound } from '../memo';
import type { NativeCalls, NativeScoped } from '../native';
import type { FixedOptions } from '../scope/resolve';
import { Changes } from './atomic';
import { Backlog, type WaitingChange, type Write } from './backlog';
import { type Connection, closedError, type Joined } from './connection';
import { fromNative, isRetired } from './errors';
import { Signature } from './signature';
import { Watch } from './watch';

/** How many writes, and reads that a memo does not serve, pass between two looks after the region. */
const CALLS_PER_LOOK = 256;

const SETTLED = Promise.resolve();
const ignore = (): void => {};

/**
 * Places in the array through which a native `get` tells more than the value: the word and its position as 32-bit
 * integers, so that a memo holds no boxed numbers, the others as numbers.
 */
const LOW = 0;
const HIGH = 1;
const SLOT = 2;
const EXPIRES_AT = 2;
const WAS_READ = 3;

/** The entries of one scope in the region: an adapter that needs no mirror, because this process maps the store. */
export class SharedEntries {
  private joined: Joined | undefined;
  private scoped: NativeScoped | undefined;
  private calls: NativeCalls | undefined;
  private closed = false;
  private crossings = 0;
  /** One callback, so that whatever waits here is one need, which closing takes back. */
  private readonly onJoined = (): void => this.backlog.advance();
  private readonly found = new Float64Array(5);
  private readonly foundIntegers = new Int32Array(this.found.buffer);
  private readonly memo: Memo | undefined;
  readonly encoding: Encoding;
  private readonly ttl: number | undefined;
  private readonly scope: string | undefined;
  readonly watch: Watch;
  readonly signature: Signature;
  private readonly backlog = new Backlog(
    (session) => {
      const calls = this.attach();
      if (calls !== undefined) this.signature.sign(calls, session);
      // Only now does the connection hold this: what was set is not to be lost with an adapter that nobody keeps.
      if (this.connection.joined === undefined) this.connection.whenJoined(this.onJoined);
      return this.scoped;
    },
    () => this.lose(),
  );
  readonly changes: Changes;
  private ready: Promise<void> | undefined;
  private rejectReady: (error: unknown) => void = ignore;

  constructor(
    private readonly connection: Connection,
    options: FixedOptions,
    bound: MemoBound,
  ) {
    this.scope = options.scope;
    this.watch = new Watch(connection, options.scope);
    this.ttl = options.ttl;
    this.signature = new Signature(options.session);
    this.encoding = resolveCodec(options.codec, structuredEncoding);
    this.memo = options.copy === true ? undefined : new Memo(bound);
    this.changes = new Changes({
      found: this.found,
      encoding: this.encoding,
      backlog: this.backlog,
      ttl: this.ttl,
      signature: this.signature,
      check: (key) => this.check(key),
      calls: () => this.attach(),
      scoped: () => this.scoped,
      unlessAbsent: (settled) => this.connection.unlessAbsent(settled),
      changed: () => this.lookNowAndThen(),
      lost: () => this.lose(),
    });
    connection.glance();
    // A scope that is too long is said where it was given.
    this.attach();
  }

  /** Made when it is asked for: most adapters are used without. */
  whenReady(): Promise<void> {
    if (this.ready === undefined) {
      this.ready = new Promise((resolve, reject) => {
        this.rejectReady = reject;
        this.connection.ready.then(resolve, reject);
      });
      this.ready.catch(ignore);
      if (this.closed) this.rejectReady(closedError('adapter'));
      else this.connection.ask();
    }
    return this.ready;
  }

  get(key: string): unknown {
    const memoized = this.memo?.get(key);
    if (memoized !== undefined) {
      const { joined } = this;
      const index = joined?.index;
      const { slot, low, high } = memoized;
      if (index !== undefined) {
        // Atomics, or a compiler may keep an old word in a loop.
        if (
          Atomics.load(index.words, 2 * slot) === low &&
          Atomics.load(index.words, 2 * slot + 1) === high
        ) {
          if (memoized.expiresAt === 0 || (joined as Joined).clock.now() < memoized.expiresAt) {
            if (index.marks[slot] === 0) index.marks[slot] = 1;
            this.watch.reads.memoHit();
            return memoized.value;
          }
        }
      } else if (this.calls?.isCurrent(slot, low, high)) {
        if (memoized.expiresAt === 0 || (joined as Joined).clock.now() < memoized.expiresAt) {
          this.watch.reads.memoHit();
          return memoized.value;
        }
      }
    }
    const value = this.read(key);
    this.watch.reads.looked(value !== undefined);
    return value;
  }

  set(
    key: string,
    value: unknown,
    ttl = this.ttl,
    session = this.signature.session(),
  ): Promise<void> {
    try {
      this.check(key);
      const encoded = this.encoding.encode(key, value);
      const lives = timeToLive(key, value, ttl) ?? Number.POSITIVE_INFINITY;
      return this.write({ type: 'set', key, encoded, ttl: lives, session });
    } catch (error) {
      return this.rejected(error);
    }
  }

  /** Sets what was computed outside of the cache; see {@link Changes.store}. */
  store(
    key: string,
    value: unknown,
    ttl = this.ttl,
    session = this.signature.session(),
    flight?: number,
  ): Promise<void> {
    try {
      this.check(key);
      const encoded = this.encoding.encode(key, value);
      const lives = timeToLive(key, value, ttl) ?? Number.POSITIVE_INFINITY;
      return this.changes.store(key, encoded, lives, session, flight);
    } catch (error) {
      return this.rejected(error);
    }
  }

  remove(key: string): Promise<void> {
    try {
      this.check(key);
      if (isTooLarge(key)) return SETTLED;
      return this.write({ type: 'remove', key, session: this.signature.session() });
    } catch (error) {
      return this.rejected(error);
    }
  }

  clear(): Promise<void> {
    try {
      this.check('');
      return this.write({ type: 'clear', session: this.signature.session() });
    } catch (error) {
      return this.rejected(error);
    }
  }

  /** Drops what is remembered of the region; what waits is not. */
  forget(): Promise<void> {
    this.memo?.clear();
    return this.closed ? this.rejected(closedError('adapter')) : SETTLED;
  }

  /** Whether no write of this very adapter waits. */
  get isIdle(): boolean {
    return this.backlog.empty;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    const error = closedError('adapter');
    this.watch.close();
    this.memo?.clear();
    this.joined = undefined;
    this.scoped = undefined;
    this.calls = undefined;
    this.connection.unneeded(this.onJoined);
    if (this.ready !== undefined) this.connection.askNoMore();
    this.backlog.close(error);
    this.rejectReady(error);
  }

  private check(key: unknown): void {
    if (this.closed) throw closedError('adapter');
    checkKey(key);
  }

  /** The long way: what this process has under way, then the region itself. */
  read(key: string, memo: Memo | null | undefined = this.memo): unknown {
    this.check(key);
    if (!this.backlog.empty) {
      const overlay = this.backlog.overlay(key);
      if (overlay !== undefined)
        return overlay === null ? undefined : this.encoding.read(key, overlay);
    }
    if (this.connection.joined === undefined) this.connection.glance();
    const calls = this.attach();
    if (calls === undefined) return undefined;
    let encoded: string | Uint8Array | undefined;
    try {
      encoded = calls.get(key);
    } catch (error) {
      if (!isRetired(error)) throw fromNative(error);
      this.lose();
      return undefined;
    }
    this.lookNowAndThen();
    if (encoded === undefined) return undefined;
    const value = this.encoding.read(key, encoded);
    const { found, foundIntegers } = this;
    memo?.set(
      key,
      {
        value,
        slot: foundIntegers[SLOT] as number,
        low: foundIntegers[LOW] as number,
        high: foundIntegers[HIGH] as number,
        expiresAt: found[EXPIRES_AT] as number,
        bytes: encoded.length + key.length,
      },
      found[WAS_READ] === 1,
    );
    return value;
  }

  private write(write: Exclude<Write, WaitingChange>): Promise<void> {
    const calls = this.backlog.empty ? this.attach() : undefined;
    if (calls !== undefined) {
      try {
        this.signature.sign(calls, write.session);
        if (writeAtOnce(calls, write)) {
          this.lookNowAndThen();
          return SETTLED;
        }
      } catch (error) {
        if (!isRetired(error)) return this.rejected(error);
        this.lose();
      }
    }
    // Memos know of writes by the index; what waits is in the overlay, which only the long way looks at.
    if (write.type === 'clear') this.memo?.clear();
    else this.memo?.delete(write.key);
    const settled = this.backlog.add(write);
    // A cache that cannot write must not end its host.
    settled.catch((error) => this.watch.refused.count(error));
    const told = this.connection.unlessAbsent(settled);
    told.catch(ignore);
    return told;
  }

  /** The calls on the region that is joined now. */
  private attach(): NativeCalls | undefined {
    const { joined } = this.connection;
    if (joined === this.joined) return this.calls;
    if (this.closed) return undefined;
    this.memo?.clear();
    try {
      this.scoped = joined?.region.scope(this.scope);
    } catch (error) {
      throw fromNative(error);
    }
    this.calls = this.scoped?.calls(this.found);
    this.joined = joined;
    return this.calls;
  }

  private lookNowAndThen(): void {
    this.crossings += 1;
    if (this.crossings % CALLS_PER_LOOK === 0) this.connection.lookAfter();
  }

  /** A rejection that is nobody's fault who does not look at it. */
  private rejected(error: unknown): Promise<void> {
    const reason = fromNative(error);
    this.watch.refused.count(reason);
    const rejection = Promise.reject(reason);
    rejection.catch(ignore);
    return rejection;
  }

  private lose(): void {
    if (this.joined !== undefined) this.connection.lost(this.joined);
  }
}

function writeAtOnce(calls: NativeCalls, write: Exclude<Write, WaitingChange>): boolean {
  if (write.type === 'clear') return calls.clear();
  if (write.type === 'remove') return calls.remove(write.key);
  const { key, encoded, ttl } = write;
  return typeof encoded === 'string'
    ? calls.set(key, encoded, ttl)
    : calls.setBytes(key, encoded, ttl);
}
