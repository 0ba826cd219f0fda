import { ABSENT_AFTER_MS } from '../absence';
import { PSCError } from '../errors';
import { loadNative, type NativeRegion } from '../native';
import { Reads } from '../reads';
import { unref } from '../unref';
import { warn } from '../warnings';
import { CoarseClock } from './clock';
import { watchFaults } from './faults';
import { inheritedHome, nameToJoin } from './names';
import { RegionChanges } from './regionChanges';
import { trace } from './trace';

/** Milliseconds between two looks for the region: the first, and the most. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 100;
/** Milliseconds after which a missing synchronizer is worth a warning (R24). */
const PATIENCE = 5000;
/** Milliseconds after which a process notices that its region was replaced, though nobody told it (R19). */
const LOOK_AFTER = 1000;

/** Checks memos without a call into native code: the index words, as halves, and their marks. */
export interface IndexView {
  readonly words: Int32Array;
  readonly marks: Uint8Array;
}

/** A region that was joined, as this JavaScript environment sees it. */
export interface Joined {
  /** The name it was joined by: another name's region takes nobody's place. */
  readonly name: string;
  readonly region: NativeRegion;
  /** Undefined where the engine allows no external memory, and where `PSC_NATIVE_INDEX=call` forbids it. */
  readonly index: IndexView | undefined;
  readonly clock: CoarseClock;
}

/** The connections of this environment, by what was asked for. Held weakly: adapters hold them. */
const connections = new Map<string | undefined, WeakRef<Connection>>();
const forgotten = new FinalizationRegistry<string | undefined>((id) => {
  if (connections.get(id)?.deref() === undefined) connections.delete(id);
});

function view(region: NativeRegion): IndexView | undefined {
  const buffer = process.env.PSC_NATIVE_INDEX === 'call' ? null : region.index();
  if (buffer === null) return undefined;
  const { indexWords } = region;
  return {
    words: new Int32Array(buffer, 0, indexWords * 2),
    marks: new Uint8Array(buffer, indexWords * 8, indexWords),
  };
}

/**
 * The way to the region of an id: joins it as soon as it is there, and the next one when it was replaced. All adapters
 * of an environment share one per id.
 */
export class Connection {
  /** The region, once joined. */
  joined: Joined | undefined;
  /** All reads of this environment. */
  readonly reads = new Reads();
  private readonly waiting = new Set<() => void>();
  /** How many wait for `ready`. Only counted, so that nothing is kept for those who were dropped meanwhile. */
  private asking = 0;
  private wasReady = false;
  private timer: NodeJS.Timeout | undefined;
  /** Looks after the region that is joined. */
  private watchdog: NodeJS.Timeout | undefined;
  private wait = FIRST_WAIT;
  private since = 0;
  private nextGlance = 0;
  private warned = false;
  private crowded = false;
  private failure: unknown;
  /** Whether the region was looked for in vain for long enough that nobody should wait for it. */
  private isAbsent = false;
  private readonly whenAbsent = new Set<() => void>();

  /** Resolves when a region was joined for the first time. One for all, so that an adapter that waits costs nothing. */
  readonly ready: Promise<void>;
  private resolveReady: () => void = () => {};

  private constructor(private readonly id: string | undefined) {
    this.ready = new Promise((resolve) => {
      this.resolveReady = resolve;
    });
  }

  private listening: RegionChanges | undefined;

  /** The region's changes, for those who listen. */
  get changes(): RegionChanges {
    this.listening ??= new RegionChanges(this);
    return this.listening;
  }

  /** The connection of an id, or of the application if there is none. */
  static of(id: string | undefined): Connection {
    const known = connections.get(id)?.deref();
    if (known !== undefined) return known;
    const connection = new Connection(id);
    connections.set(id, new WeakRef(connection));
    forgotten.register(connection, id);
    return connection;
  }

  /** Looks at once, in all connections: a synchronizer has just started here. */
  static lookAgain(): void {
    for (const reference of connections.values()) {
      const connection = reference.deref();
      if (connection?.joined === undefined) connection?.tryToJoin();
      else connection.checkPlace();
    }
  }

  /**
   * Calls back once, when the region is joined: now, if it is. Until then it is looked for, and its absence said, as
   * long as anybody waits. A callback waits once, however often it is given.
   */
  whenJoined(callback: () => void): void {
    if (this.joined !== undefined) {
      callback();
      return;
    }
    this.waiting.add(callback);
    this.look();
  }

  /**
   * A write's promise, but no longer than for {@link ABSENT_AFTER_MS} while there is no region: whoever writes must not be
   * held up by a cache that is not there.
   */
  unlessAbsent(settled: Promise<void>): Promise<void> {
    if (this.joined !== undefined) return settled;
    if (this.isAbsent) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.whenAbsent.add(resolve);
      const forget = () => void this.whenAbsent.delete(resolve);
      settled.then(resolve, reject).finally(forget);
    });
  }

  /** Does not wait any more. */
  unneeded(callback: () => void): void {
    this.waiting.delete(callback);
  }

  /** Somebody waits for {@link ready}. */
  ask(): void {
    if (this.wasReady) return;
    this.asking += 1;
    this.look();
  }

  /** And does not any more. */
  askNoMore(): void {
    if (!this.wasReady) this.asking -= 1;
  }

  /** Looks now, unless it was looked a moment ago: for who can do without and would not wait, such as a reader. */
  glance(): void {
    if (this.joined !== undefined || performance.now() < this.nextGlance) return;
    this.tryToJoin();
    this.nextGlance = performance.now() + this.wait;
    if (this.timer === undefined) this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** The region was replaced: leaves it and looks for the new one. */
  lost(joined: Joined): void {
    if (this.joined !== joined) return;
    trace('region %s was replaced', joined.region.path);
    this.joined = undefined;
    clearInterval(this.watchdog);
    this.tryToJoin();
  }

  /** Looks now and then whether all is well with the region that was joined. */
  lookAfter(): void {
    this.checkPlace();
    this.checkSpace();
  }

  /**
   * Leaves a region that another one has taken the place of while nobody told its users: it was removed, or its
   * synchronizer stopped, and a new one made its own (R19). A region that was only removed goes on.
   */
  private checkPlace(): void {
    const { joined } = this;
    if (joined === undefined) return;
    let current: NativeRegion | null;
    try {
      current = loadNative().Region.join(joined.name, inheritedHome());
    } catch {
      // What cannot be joined takes nobody's place.
      return;
    }
    if (current === null || current.epoch === joined.region.epoch) return;
    // For the others too, whose memos would go on finding the old words unchanged.
    joined.region.giveUp();
    this.lost(joined);
  }

  /** Says once that the cache is smaller than asked for, if space ran out (R12). */
  private checkSpace(): void {
    if (this.crowded || this.joined?.region.outOfSpace !== true) return;
    this.crowded = true;
    const { capacityBytes, maxBytes } = JSON.parse(this.joined.region.stats());
    warn(
      'PSC_OUT_OF_SPACE',
      `Space ran out in ${this.joined.region.path}: the cache holds ${capacityBytes} bytes instead of the ${maxBytes} ` +
        'it was given, and drops entries sooner. Free some space and restart, or choose another `directory`.',
    );
  }

  private tryToJoin(): void {
    const { Region } = loadNative();
    try {
      const name = nameToJoin(this.id);
      const region = Region.join(name, inheritedHome());
      if (region === null) return;
      this.joined = {
        name,
        region,
        index: view(region),
        clock: new CoarseClock(() => region.now()),
      };
    } catch (error) {
      // Another release's region may be replaced, slots may become free: it is tried again, and said in the warning.
      this.failure = error;
      return;
    }
    trace(
      'joined %s, checking memos by %s',
      this.joined.region.path,
      this.joined.index ? 'memory' : 'call',
    );
    this.rest();
    this.isAbsent = false;
    this.watch();
    const waiting = [...this.waiting];
    this.waiting.clear();
    this.asking = 0;
    this.wasReady = true;
    this.resolveReady();
    for (const callback of waiting) callback();
  }

  /** Looks after the region from time to time: a process that reads only what it remembers asks the region nothing. */
  private watch(): void {
    watchFaults();
    const weak = new WeakRef(this);
    const watchdog = setInterval(() => {
      const connection = weak.deref();
      if (connection === undefined) clearInterval(watchdog);
      else connection.lookAfter();
    }, LOOK_AFTER);
    this.watchdog = unref(watchdog);
  }

  /** Looks no more, until somebody waits again. */
  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wait = FIRST_WAIT;
    this.since = 0;
    this.nextGlance = 0;
  }

  /** Goes on looking until a region is joined, or nobody waits for it. */
  private look(): void {
    if (this.timer !== undefined || this.joined !== undefined) return;
    if (this.since === 0) {
      this.since = performance.now();
      this.wait = FIRST_WAIT;
    }
    // Unreferenced: an adapter keeps no process alive.
    const look = () => {
      this.timer = undefined;
      if (this.waiting.size + this.asking === 0) {
        this.rest();
        return;
      }
      this.tryToJoin();
      if (this.joined !== undefined) return;
      const sought = performance.now() - this.since;
      if (sought >= ABSENT_AFTER_MS) this.beAbsent();
      if (!this.warned && sought > PATIENCE) this.warn();
      this.look();
    };
    this.timer = unref(setTimeout(look, this.wait));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  private beAbsent(): void {
    this.isAbsent = true;
    for (const resolve of this.whenAbsent) resolve();
    this.whenAbsent.clear();
  }

  private warn(): void {
    this.warned = true;
    const id = this.id === undefined ? '' : ` for the id ${JSON.stringify(this.id)}`;
    const why = this.failure instanceof Error ? ` (${this.failure.message})` : '';
    warn(
      'PSC_NO_SYNCHRONIZER',
      `No synchronizer was found${id} in ${PATIENCE / 1000} s${why}: what is set here is not shared until there is one. Call ` +
        `\`await createNodePSCSynchronizer(${this.id === undefined ? '' : JSON.stringify(this.id)})\` in the main ` +
        'process of the application.',
    );
  }
}

/** An `ERR_PSC_CLOSED` for what was closed. */
export function closedError(what: string): PSCError {
  return new PSCError('ERR_PSC_CLOSED', `The ${what} was closed. Create another one.`);
}
