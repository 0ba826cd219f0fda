import { resolve } from 'node:path';
import { checkFlag, checkPositive, invalidOption } from '../checks';
import { PSCError } from '../errors';
import { loadNative, type NativeSynchronizer, type SynchronizerOptions } from '../native';
import { checkOptions, type Known } from '../options';
import type { NodePSCSynchronizerOptions } from '../types';
import { warnOnce } from '../warnings';
import { Connection } from './connection';
import { fromNative } from './errors';
import { watchFaults } from './faults';
import { bequeath, derivedName, disinherit, freshName, nameOfId, warnIfUncertain } from './names';
import { warnOfDamage } from './recovered';
import { trace } from './trace';

/** Longest interval that timers take. */
const FOR_EVER = 2 ** 31 - 1;

/** Those that run. Whoever drops the stop function still wants the synchronizer. */
const running = new Set<NativeSynchronizer>();

/**
 * Stops a synchronizer, at once. Resolves when a persisted cache is on the disk as it was then. Any number of calls is one.
 */
export type StopSynchronizer = () => Promise<void>;

function start(name: string, id: string, options: SynchronizerOptions): NativeSynchronizer {
  try {
    return loadNative().Synchronizer.start(name, id, { ...options, application: derivedName() });
  } catch (error) {
    throw fromNative(error);
  }
}

function isInUse(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_PSC_ENDPOINT_IN_USE';
}

/** The synchronizer of this environment that has no id, and how many have asked for it and not stopped it. */
let unnamed:
  | { readonly stop: StopSynchronizer; readonly options: string; users: number }
  | undefined;

/**
 * A process has one synchronizer without an id: who asks for another gets the same, which ends with the last of them. Two
 * would split the processes that are started before the second from those that are started later.
 */
function share(options: SynchronizerOptions, make: () => StopSynchronizer): StopSynchronizer {
  const wanted = JSON.stringify(options);
  if (unnamed !== undefined && unnamed.options !== wanted) {
    const message =
      `A synchronizer without an id runs in this process already, with other options (${unnamed.options}, and not ` +
      `${wanted}). Stop it first, or give one of them an id.`;
    throw new PSCError('ERR_PSC_ENDPOINT_IN_USE', message);
  }
  unnamed ??= { stop: make(), options: wanted, users: 0 };
  const mine = unnamed;
  mine.users += 1;
  let stopped: Promise<void> | undefined;
  return () => {
    if (stopped !== undefined) return stopped;
    mine.users -= 1;
    if (mine.users > 0) {
      stopped = Promise.resolve();
    } else {
      if (unnamed === mine) unnamed = undefined;
      stopped = mine.stop();
    }
    return stopped;
  };
}

/**
 * PM2 starts several instances of one application, which are meant to share; but the second synchronizer of an application is
 * that of a second run, which is not. Says once that they do not.
 */
function warnIfInstance(): void {
  if (process.env.pm_id === undefined) return;
  const message =
    'Another process of this application has a synchronizer without an id, so this one has a cache of its own. If both are ' +
    "instances that PM2 runs, give an id, which has one synchronizer: `createNodePSCSynchronizer('my-app')` and " +
    "`NodeSyncAdapter(undefined, 'my-app')`. docs/recipes/applications.md has the recipe.";
  warnOnce('PSC_NO_ID', 'instance', message);
}

/** Without an id: the application's own name if it is free, else a fresh one (R21). */
function startUnnamed(options: SynchronizerOptions): [NativeSynchronizer, string] {
  const derived = derivedName();
  warnIfUncertain();
  try {
    return [start(derived, derived, options), derived];
  } catch (error) {
    if (!isInUse(error)) throw error;
    if (loadNative().Synchronizer.running() === derived) {
      const message =
        'A synchronizer without an id runs in another thread of this process. Use that one, or give this one an id.';
      throw new PSCError('ERR_PSC_ENDPOINT_IN_USE', message, { cause: error });
    }
    const fresh = freshName();
    const started = start(fresh, fresh, options);
    warnIfInstance();
    return [started, fresh];
  }
}

/** The greatest number of a user or group that is none of the reserved ones. */
const MAX_ID = 2 ** 32 - 2;

const KNOWN: Known<NodePSCSynchronizerOptions> = {
  maxBytes: true,
  maxValueBytes: true,
  directory: true,
  persist: true,
  admit: true,
  unref: true,
};

/** As {@link createNodePSCSynchronizer}, at once. Throws what that rejects with. */
export function startNodePSCSynchronizer(
  id: string | undefined,
  options: NodePSCSynchronizerOptions,
): StopSynchronizer {
  if (id !== undefined && typeof id !== 'string') {
    throw invalidOption(
      'id',
      id,
      'Give a string, or leave it out for the cache of this application.',
    );
  }
  checkOptions('createNodePSCSynchronizer', options, KNOWN);
  const { maxBytes, maxValueBytes, directory, persist, admit, unref } = options;
  checkPositive('maxBytes', maxBytes);
  checkPositive('maxValueBytes', maxValueBytes);
  checkFlag('unref', unref);
  if (directory !== undefined && typeof directory !== 'string') {
    throw invalidOption('directory', directory, 'Give a path, or leave it out.');
  }
  checkPersist(persist, directory);
  const given: SynchronizerOptions = {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(maxValueBytes === undefined ? {} : { maxValueBytes }),
    ...(directory === undefined ? {} : { directory }),
    ...(persist === undefined ? {} : { persist: resolve(persist) }),
    ...admission(admit),
  };
  const run = () => runSynchronizer(id, given, persist, unref === true);
  return id === undefined ? share(given, run) : run();
}

function runSynchronizer(
  id: string | undefined,
  given: SynchronizerOptions,
  persist: string | undefined,
  isUnref: boolean,
): StopSynchronizer {
  const [synchronizer, name] =
    id === undefined ? startUnnamed(given) : [start(nameOfId(id), id, given), nameOfId(id)];
  trace('synchronizer %s started', name);
  if (persist !== undefined) warnOfDamage(resolve(persist), synchronizer);
  running.add(synchronizer);
  watchFaults();
  warnOfTakenFolder(synchronizer);
  bequeath(name, synchronizer.home());
  Connection.lookAgain();
  const alive = isUnref ? undefined : setInterval(() => {}, FOR_EVER);
  let stopped: Promise<void> | undefined;
  return () => {
    clearInterval(alive);
    disinherit(name);
    running.delete(synchronizer);
    stopped ??= synchronizer.stop();
    return stopped;
  };
}

/** Says where the cache is if another user has taken its usual place. */
function warnOfTakenFolder(synchronizer: NativeSynchronizer): void {
  const why = loadNative().Synchronizer.folderTaken();
  if (why === null || why === undefined) return;
  const message =
    `${why}, so the cache is in ${synchronizer.region()?.path}, which may be slower. All processes of this user look there ` +
    'too. Have that removed, and restart them.';
  warnOnce('PSC_FOLDER_TAKEN', '', message);
}

/** Whom `admit` names. */
function admission(admit: unknown): Pick<SynchronizerOptions, 'admitUser' | 'admitGroup'> {
  if (admit === undefined) return {};
  const { user, group } = (admit ?? {}) as { user?: unknown; group?: unknown };
  const isOne = (user === undefined) !== (group === undefined);
  const number = user ?? group;
  if (
    !isOne ||
    !Number.isInteger(number) ||
    (number as number) < 0 ||
    (number as number) > MAX_ID
  ) {
    const remedy =
      'Give `{ user: 33 }` or `{ group: 33 }`, with a number: `id -u www-data` and `id -g www-data` tell it.';
    throw invalidOption('admit', admit, remedy);
  }
  if (process.platform === 'win32') {
    throw invalidOption('admit', admit, 'Leave it out: there are no such users on Windows.');
  }
  return user === undefined ? { admitGroup: number as number } : { admitUser: number as number };
}

function checkPersist(persist: unknown, directory: string | undefined): void {
  if (persist === undefined) return;
  if (typeof persist !== 'string' || persist === '') {
    throw invalidOption('persist', persist, 'Give the path of a file, or leave it out.');
  }
  if (directory !== undefined) {
    const remedy = 'Leave `directory` out: `persist` says where the file is.';
    throw invalidOption('directory', directory, remedy);
  }
}

/**
 * Creates the cache that the processes of this application share, in a memory-mapped file, and looks after it. Call it
 * once, in the main process. Its order to the adapters does not matter, but what they set waits for it.
 *
 * It keeps the process alive, as any server does, unless `unref` is set. When its process ends, the others go on; a new
 * one with the same id adopts the cache, still warm. What it asks for holds: if the bounds or the place are other ones than
 * those of the cache, the entries are moved into a new one, the newest if not all fit, and all its users follow. Who writes
 * meanwhile waits (0.1 s for 64 MiB and 3 s for 1 GiB were measured), and locks that were held are held no more.
 *
 * Without an id a process has one synchronizer: further calls with the same options return a stop function for the same one,
 * which ends with the last of them.
 *
 * @param id - Names the cache for processes that have no other way to know it: those of another application, or with
 *   another `package.json` above their main module. Without one, all processes of this application find it by
 *   themselves, and a second run of the application has a cache of its own.
 * @param options - See {@link NodePSCSynchronizerOptions}.
 * @returns a function that stops it. The cache lives on while somebody uses it. Await it before the end of a process that
 *   has `persist`, and what was set is on the disk.
 *
 * Rejects with `ERR_PSC_ENDPOINT_IN_USE` if a synchronizer with this id, or on this file, lives, `ERR_PSC_DIRECTORY`,
 * `ERR_PSC_NO_SPACE`, `ERR_PSC_CORRUPT`, `ERR_PSC_VERSION_MISMATCH`, `ERR_PSC_INVALID_OPTION`,
 * `ERR_PSC_NATIVE_UNAVAILABLE`, `ERR_PSC_IO`; then nothing has changed.
 */
export async function createNodePSCSynchronizer(
  id?: string,
  options: NodePSCSynchronizerOptions = {},
): Promise<StopSynchronizer> {
  return startNodePSCSynchronizer(id, options);
}
