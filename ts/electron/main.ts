import { checkPositive, invalidOption } from '../checks';
import { checkOptions, type Known } from '../options';
import type { ElectronLimits, PSCSynchronizer, PSCSynchronizerOptions } from '../types';
import { CHANNELS, type ElectronSession, type IpcMain } from './channels';
import { registerPreload } from './exposing';
import { resolveLimits } from './limits';
import type { Allow } from './party';
import { type ElectronPSCSynchronizerStats, Reception } from './reception';
import { inMemory, inRegion } from './stores';

/** Options of `createElectronPSCSynchronizer`. */
export interface ElectronPSCSynchronizerOptions extends PSCSynchronizerOptions {
  /**
   * Keeps the cache in a region that native processes share: the main process, utility processes, forked Node children
   * and preload scripts without a sandbox find it with `NodeSyncAdapter(undefined, id)`.
   * @default the cache is in the main process's memory, for windows only
   */
  id?: string | undefined;
  /** With `id`: as in `createNodePSCSynchronizer`. */
  directory?: string | undefined;
  /** With `id`: as in `createNodePSCSynchronizer`, a file that keeps the cache when the application has ended. */
  persist?: string | undefined;
  /** Sessions in whose windows the shipped preload script runs, beside the window's own. */
  session?: ElectronSession | readonly ElectronSession[] | undefined;
  /**
   * The name under which the shipped preload script exposes an adapter to the page.
   * @default `'pscAdapter'` if `session` is given, else none
   */
  expose?: string | undefined;
  /**
   * Says what a document may do. Asked once for each document, scope and type. One that may not `'init'` a scope may
   * nothing there; what is refused rejects with `ERR_PSC_NOT_ALLOWED`.
   * @default only top-level frames that are in no `<webview>`, and those everything
   */
  allow?: Allow | undefined;
  /** What each window may send and hold. */
  limits?: ElectronLimits | undefined;
}

/** What `createElectronPSCSynchronizer` returns. */
export interface ElectronPSCSynchronizer extends PSCSynchronizer {
  /** The counts so far. */
  stats(): ElectronPSCSynchronizerStats;
}

const synchronizers = new WeakMap<IpcMain, ElectronPSCSynchronizer>();

/**
 * A window that asks while nobody listens would stand still until Electron's garbage collector passes by, for seconds. So
 * there is an answer from the moment on that this package is loaded in a main process: that there is nobody yet.
 */
function answerForNobody(): void {
  const { type } = process as { readonly type?: string };
  if (type !== 'browser') return;
  const { ipcMain } = require('electron') as { readonly ipcMain: IpcMain };
  ipcMain.on(CHANNELS.question, (event) => {
    if (!synchronizers.has(ipcMain)) event.returnValue = null;
  });
}

answerForNobody();

/**
 * Creates the synchronizer of all windows, in the main process, where no value is ever parsed. Call it before the first
 * window is created, for windows wait for what it first tells them. For one `ipcMain` there is only one: further calls
 * return it as it is, until it is closed.
 *
 * A window is not trusted. Scopes and limits are decided here, by the frame that Electron says a message came from;
 * what is malformed, or comes from a frame that is gone, is dropped and counted. A document is told of the scopes it
 * asked for, until it ends.
 *
 * @param ipcMain - Electron's.
 * @param options - See {@link ElectronPSCSynchronizerOptions}; they count in the first call.
 *
 * Throws `ERR_PSC_INVALID_OPTION`, `ERR_PSC_NATIVE_UNAVAILABLE`, and with `id` what `createNodePSCSynchronizer` rejects
 * with.
 */
export function createElectronPSCSynchronizer(
  ipcMain: IpcMain,
  options: ElectronPSCSynchronizerOptions = {},
): ElectronPSCSynchronizer {
  if (typeof ipcMain?.on !== 'function') {
    throw invalidOption('ipcMain', ipcMain, "Give Electron's `ipcMain`, in the main process.");
  }
  const existing = synchronizers.get(ipcMain);
  if (existing !== undefined) return existing;
  checkSynchronizerOptions(options);
  const limits = resolveLimits(options.limits);
  const { allow, session } = options;
  const sessions = session === undefined ? [] : [session].flat();
  const expose = options.expose ?? (sessions.length > 0 ? 'pscAdapter' : undefined);
  const store = options.id === undefined ? inMemory(options) : inRegion(options.id, options);
  const reception = new Reception({ ipcMain, limits, allow, expose });
  const unregister: (() => void)[] = [];
  const end = () => {
    for (const each of unregister) each();
    reception.close();
    store.close();
  };
  try {
    store.open(reception);
    for (const each of sessions) unregister.push(registerPreload(each));
  } catch (error) {
    end();
    throw error;
  }
  const synchronizer: ElectronPSCSynchronizer = {
    close() {
      if (synchronizers.get(ipcMain) !== synchronizer) return;
      synchronizers.delete(ipcMain);
      end();
    },
    stats: () => reception.stats(),
  };
  synchronizers.set(ipcMain, synchronizer);
  return synchronizer;
}

const KNOWN: Known<ElectronPSCSynchronizerOptions> = {
  maxBytes: true,
  maxValueBytes: true,
  id: true,
  directory: true,
  persist: true,
  session: true,
  expose: true,
  allow: true,
  limits: true,
};

function checkSynchronizerOptions(options: ElectronPSCSynchronizerOptions): void {
  checkOptions('createElectronPSCSynchronizer', options, KNOWN);
  const { maxBytes, maxValueBytes, id, directory, persist, expose, allow } = options;
  checkPositive('maxBytes', maxBytes);
  checkPositive('maxValueBytes', maxValueBytes);
  for (const [name, value] of Object.entries({ id, directory, persist, expose })) {
    if (value !== undefined && typeof value !== 'string') {
      throw invalidOption(name, value, 'Give a string, or leave it out.');
    }
  }
  if (persist !== undefined && id === undefined) {
    throw invalidOption('persist', persist, 'Give an `id` too: without one there is no file.');
  }
  if (allow !== undefined && typeof allow !== 'function') {
    throw invalidOption('allow', allow, 'Give a function that returns a boolean, or leave it out.');
  }
}
