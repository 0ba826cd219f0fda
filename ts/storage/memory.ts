import { checkFlag, checkKey, checkPositive } from '../checks';
import { type Encoding, resolveCodec } from '../codec';
import { structuredEncoding } from '../codecStructured';
import { timeToLive } from '../expiry';
import { Memo, MemoBound } from '../memo';
import { loadNative } from '../native';
import { checkOptions, type Known } from '../options';
import { Plan, type Sweepable } from '../sweeper';
import type { MemoryStorage, MemoryStorageOptions, MemoryStorageStats } from '../types';

const MAX_BYTES = 64 * 1024 * 1024;
const MEMO_BYTES = 640 * 1024;

const KNOWN: Known<MemoryStorageOptions> = {
  max: true,
  maxBytes: true,
  ttl: true,
  codec: true,
  copy: true,
  memoBytes: true,
};

/** Operations of a native storage. */
const GET = 0;
const SET = 1;
const REMOVE = 2;
const CLEAR = 3;
const TOUCH = 4;
const SWEEP = 5;
const STATS = 6;

/** Through which a native storage tells more than it returns; read at once, so all storages share it. */
const found = new Float64Array(4);
const foundIntegers = new Int32Array(found.buffer);
/** Places in it, as in the region's adapters: the version in two halves, and where it is looked up. */
const LOW = 0;
const HIGH = 1;
const PLACE = 2;
const EXPIRES_AT = 2;
const WAS_READ = 3;

type NativeStorage = ReturnType<ReturnType<typeof loadNative>['MemoryStorage']['open']>;

/** Entries that are encoded outside the JavaScript heap, and a memo of the hottest, decoded. */
class MemoryEntries implements Sweepable {
  /** Made with the first entry: many a request sets none. */
  private native: NativeStorage | undefined;
  private readonly memo: Memo | undefined;
  private readonly encoding: Encoding;
  private readonly ttl: number | undefined;
  private readonly max: number;
  private readonly maxBytes: number;
  private plan: Plan | undefined;
  private hits = 0;
  private misses = 0;
  private memoHits = 0;

  constructor(options: MemoryStorageOptions) {
    checkOptions('createMemoryStorage', options, KNOWN);
    const { max, maxBytes, ttl, codec, copy, memoBytes } = options;
    checkPositive('max', max);
    checkPositive('maxBytes', maxBytes);
    checkPositive('ttl', ttl);
    checkFlag('copy', copy);
    checkPositive('memoBytes', memoBytes);
    this.encoding = resolveCodec(codec, structuredEncoding);
    this.ttl = ttl;
    this.max = Math.ceil(max ?? Number.POSITIVE_INFINITY);
    this.maxBytes = Math.ceil(maxBytes ?? MAX_BYTES);
    this.memo = copy === true ? undefined : new Memo(new MemoBound(memoBytes ?? MEMO_BYTES));
    // Where there is no binary, that is said at once.
    loadNative();
  }

  get(key: string): unknown {
    const memoized = this.memo?.get(key);
    // The entry itself says whether it is still so, and is used by being asked.
    if (
      memoized !== undefined &&
      this.native?.(TOUCH, memoized.slot, memoized.low, memoized.high)
    ) {
      this.memoHits += 1;
      return memoized.value;
    }
    checkKey(key);
    const encoded = this.native?.(GET, key) as string | Uint8Array | undefined;
    if (encoded === undefined) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    const wanted = found[WAS_READ] === 1;
    // Before a codec of the user's own runs, which may use another storage.
    const slot = foundIntegers[PLACE] as number;
    const low = foundIntegers[LOW] as number;
    const high = foundIntegers[HIGH] as number;
    const expiresAt = found[EXPIRES_AT] as number;
    const value = this.encoding.read(key, encoded);
    const bytes = encoded.length + key.length;
    this.memo?.set(key, { value, slot, low, high, expiresAt, bytes }, wanted);
    return value;
  }

  set(key: string, value: unknown): void {
    checkKey(key);
    const encoded = this.encoding.encode(key, value);
    const ttl = timeToLive(key, value, this.ttl) ?? Number.POSITIVE_INFINITY;
    this.native ??= loadNative().MemoryStorage.open(this.max, this.maxBytes, found);
    this.native(SET, key, encoded, ttl);
    this.memo?.delete(key);
    if (ttl === Number.POSITIVE_INFINITY) return;
    this.plan ??= new Plan(this);
    this.plan.endsIn(ttl);
  }

  remove(key: string): void {
    checkKey(key);
    this.native?.(REMOVE, key);
    this.memo?.delete(key);
  }

  clear(): void {
    this.native?.(CLEAR);
    this.memo?.clear();
  }

  sweep(): number | undefined {
    const next = this.native?.(SWEEP) === true ? found[0] : undefined;
    this.plan?.swept(next);
    return next;
  }

  stats(): MemoryStorageStats {
    found.fill(0);
    this.native?.(STATS);
    const [entries = 0, bytes = 0, evictions = 0, expirations = 0] = found;
    const { maxBytes, misses, memoHits } = this;
    const hits = this.hits + memoHits;
    const memoHitRate = hits === 0 ? 0 : memoHits / hits;
    const reads = { hits, misses, memoHits, memoHitRate };
    return { entries, bytes, maxBytes, evictions, expirations, ...reads };
  }
}

/**
 * Creates a storage in this process's memory, for alova's `l1Cache` or `l2Cache` and for `createPSCAdapter`'s second
 * argument. Entries are kept encoded and outside the JavaScript heap, bounded by `max` and `maxBytes`; the least recently
 * used leave first, and those whose time is over by themselves: by alova's own records, else by `ttl`, on a clock that
 * counts suspension and does not follow the wall clock's jumps.
 *
 * Nothing of it outlives it: one that nobody refers to any more is collected with all it holds. It keeps no process
 * alive.
 *
 * @param options - See {@link MemoryStorageOptions}.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`.
 *
 * @example
 * ```ts
 * createAlova({ l1Cache: createMemoryStorage({ max: 1000, ttl: 60_000 }), … });
 * ```
 */
export function createMemoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const entries = new MemoryEntries(options);
  return {
    set: (key, value) => entries.set(key, value),
    get: <T>(key: string) => entries.get(key) as T | undefined,
    remove: (key) => entries.remove(key),
    clear: () => entries.clear(),
    stats: () => entries.stats(),
  };
}
