import { checkAdapterOptions } from '../adapterOptions';
import { checkStorage, checkSyncAdapter } from '../checks';
import { resolveCodec } from '../codec';
import { disposable } from '../disposable';
import { mergingHitSources } from '../hitSource/hitSources';
import { type FlightGround, Flights } from '../locks/flights';
import { LEASE } from '../locks/names';
import { Reads } from '../reads';
import { Refused } from '../refused';
import { type OpenScope, OpenScopes } from '../scope/openScopes';
import { type FixedOptions, fix, type ScopeFunction } from '../scope/resolve';
import { createScopedAdapter } from '../scope/scopedAdapter';
import { above } from '../scope/sharedScope';
import { BoundedStorage } from '../storage/bounded';
import { DividedStorage, StoragePart } from '../storage/divided';
import { Room } from '../storage/room';
import type {
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  StorageAdapter,
  SyncAdapter,
} from '../types';
import { MirrorMerges } from './hitSources';
import { MirrorLocks } from './locks';
import { Mirror } from './mirror';
import { runtime as defaultRuntime, type Runtime } from './runtime';
import { mirrorStats } from './stats';
import { TaskClock } from './taskClock';
import { Values } from './values';

/** How many scopes one adapter mirrors. */
const MOST_SCOPES = 64;

/** What all mirrors of an adapter have in common. */
interface Common {
  readonly syncAdapter: SyncAdapter;
  readonly runtime: Runtime;
}

/**
 * Creates a mirror: a shared storage for a process that cannot map the store. It asks for the state of its scope at
 * once, with one event, which empties `storage` first. Where the scope is a function, there is a mirror for each scope
 * that was called for lately, each in a part of the storage of its own.
 *
 * @param storage - Where the mirror keeps its entries. By default in memory, at most `memoBytes` and 100,000 entries;
 *   what was neither set nor read lately is dropped first.
 *
 * Throws `ERR_PSC_INVALID_OPTION` or `ERR_PSC_INVALID_SCOPE`.
 */
export function createMirror(
  syncAdapter: SyncAdapter,
  storage?: StorageAdapter,
  options: ProcessSharedCacheAdapterOptions = {},
  runtime = defaultRuntime,
): PSCStorageAdapter {
  checkSyncAdapter(syncAdapter);
  checkAdapterOptions(options);
  if (storage !== undefined) checkStorage(storage);
  const { scope, sharedScope, memoBytes } = options;
  const common = { syncAdapter, runtime };
  const hasShared = sharedScope !== undefined && sharedScope !== scope;
  const isAlone = typeof scope !== 'function' && !hasShared;
  const place = isAlone ? alone(storage, memoBytes) : divided(storage, memoBytes);
  const own =
    typeof scope === 'function'
      ? mirrorAll(common, options, scope, place)
      : openMirror(common, { ...options, scope }, place(scope)).adapter;
  if (!hasShared) return own;
  const fixed = fix(options, sharedScope);
  return above(own, openMirror(common, fixed, place(sharedScope)).adapter);
}

/** Gives a scope's mirror a place for its entries. */
type Place = (scope: string | undefined) => StorageAdapter;

function alone(storage: StorageAdapter | undefined, memoBytes: number | undefined): Place {
  return () => storage ?? new BoundedStorage(memoBytes);
}

function divided(storage: StorageAdapter | undefined, memoBytes: number | undefined): Place {
  if (storage === undefined) {
    const room = new Room(memoBytes);
    return () => new BoundedStorage(room);
  }
  const division = new DividedStorage(storage);
  return (scope) => division.part(scope);
}

function mirrorAll(
  common: Common,
  options: ProcessSharedCacheAdapterOptions,
  name: ScopeFunction,
  place: Place,
): PSCStorageAdapter {
  // What cannot work is said where it was given, and not by the first call.
  resolveCodec(options.codec);
  const open = (scope: string) => openMirror(common, fix(options, scope), place(scope));
  return createScopedAdapter({
    scopes: new OpenScopes(name, MOST_SCOPES, open),
    detaches: options.onClear === 'detach',
    whenReady: async () => common.syncAdapter.ready,
  });
}

function openMirror(
  { syncAdapter, runtime }: Common,
  options: FixedOptions,
  storage: StorageAdapter,
): OpenScope {
  const own = storage instanceof BoundedStorage ? storage : undefined;
  const values = new Values(options, runtime, own !== undefined);
  const mirror = new Mirror({ syncAdapter, storage, scope: options.scope, values, runtime });
  const reads = new Reads();
  const refused = new Refused();
  const get = <T>(key: string) => {
    const value = mirror.get(key);
    reads.looked(value !== undefined);
    return value as T | undefined;
  };
  // Functions of its own, and nothing else: `contextBridge` drops prototypes.
  const entries = {
    set: counting(
      refused,
      promising((key: string, value: unknown) => {
        flights.changed(key);
        return mirror.set(key, value);
      }),
    ),
    get:
      own === undefined || options.copy === true
        ? get
        : shortcut(mirror, own, get, runtime.now, reads),
    remove: promising((key: string) => {
      flights.changed(key);
      return mirror.remove(key);
    }),
  };
  const merging = mergingHitSources(new MirrorMerges(entries, mirror.swaps, values));
  const lease = options.lease ?? LEASE;
  const locks = new MirrorLocks({ syncAdapter, scope: options.scope, lease, runtime });
  const ground: FlightGround = {
    cache: syncAdapter,
    scope: options.scope,
    get,
    again: (key) => mirror.swaps.read(key).catch(() => get(key)),
    setAlone: (key, value, ttl, session) => mirror.set(key, value, ttl, session),
    session: values.session,
    begin: async (key, abandoned) => {
      const held = await locks.begin(key, abandoned);
      if (held === undefined) return undefined;
      const { name, holds, end } = held;
      return {
        holds,
        end,
        store: (value, ttl, session) => mirror.swaps.store(key, value, ttl, session, name),
      };
    },
    listen: (changed) => listenToWrites(mirror, changed),
  };
  const flights = new Flights(ground, options.copy === true);
  mirror.swaps.onApplied = flights.changed;
  const adapter: PSCStorageAdapter = {
    get: merging.get,
    set: promising(merging.set),
    remove: promising(merging.remove),
    update: mirror.swaps.update,
    increment: mirror.swaps.increment,
    clear: promising(() => {
      if (options.onClear === 'detach') return mirror.detach();
      flights.changed(undefined);
      return mirror.clear();
    }),
    getOrSet: flights.getOrSet,
    locker: locks.locker,
    close() {
      locks.close();
      mirror.close();
      own?.clear();
    },
    ready: mirror.ready,
    on: (type, listener) => mirror.on(type, listener),
    stats: () => mirrorStats(mirror, own, reads, refused),
  };
  return {
    adapter: disposable(adapter),
    isIdle: () => mirror.isCalm && mirror.swaps.isIdle && locks.isIdle,
    release() {
      adapter.close();
      if (storage instanceof StoragePart) storage.clear();
    },
  };
}

/** Tells of the keys that others write to, of all with undefined. What only ended is no write. */
function listenToWrites(mirror: Mirror, changed: (key: string | undefined) => void): () => void {
  const stops = [
    mirror.on('set', ({ key }) => changed(key)),
    mirror.on('remove', ({ key }) => changed(key)),
    mirror.on('clear', () => changed(undefined)),
    mirror.on('lost', () => changed(undefined)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Reads the storage itself where that tells the same, with one look into a Map. */
function shortcut(
  mirror: Mirror,
  storage: BoundedStorage,
  get: PSCStorageAdapter['get'],
  now: () => number,
  reads: Reads,
): PSCStorageAdapter['get'] {
  const clock = new TaskClock(now);
  return <T>(key: string) => {
    if (mirror.isCalm) {
      const value = storage.read(key, clock.now);
      if (value !== undefined) {
        reads.memoHit();
        return value as T;
      }
    }
    return get<T>(key);
  };
}

/** Counts what a function's promises reject with. */
function counting<A extends unknown[]>(
  refused: Refused,
  run: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return (...args) => {
    const settled = run(...args);
    settled.catch((error) => refused.count(error));
    return settled;
  };
}

/** Makes a function reject where it would throw, and its rejections nobody's fault who does not look at them. */
function promising<A extends unknown[]>(
  run: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      const rejected = Promise.reject(error);
      rejected.catch(() => {});
      return rejected;
    }
  };
}
