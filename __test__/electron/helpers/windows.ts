import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import type {
  ElectronPSCSynchronizer,
  ElectronPSCSynchronizerOptions,
} from '../../../ts/electron/main';
import { Application } from './application';

/** What of `webPreferences` the tests choose. */
export interface WebPreferences {
  readonly preload?: string;
  readonly partition?: string;
  readonly sandbox?: boolean;
  readonly contextIsolation?: boolean;
  readonly nodeIntegration?: boolean;
}

declare global {
  /** Of the main process of the app `windows`, see there. */
  var synchronizer: ElectronPSCSynchronizer;
  function synchronize(options: object, partitions?: readonly (string | null)[]): object;
  function openWindow(page: string, webPreferences: object): Promise<void>;
  function readNatively(id: string, keys: readonly string[]): unknown[];
  function writeNatively(id: string, key: string, value: unknown): Promise<void>;
  function traces(partition?: string): { preloads: string[]; listeners: [string, number][] };
  function isSame(options: object): boolean;
  function resolvePreload(): string;
}

/** The session that windows have unless they name another; in a list that goes to the app. */
export const DEFAULT_SESSION = null;

/** A folder of files for the app `windows`. */
export const PAGES = join(__dirname, '..', 'apps', 'windows');

/** The app `windows`. */
export class Windows {
  private constructor(readonly app: Application) {}

  static async launch(t: ExecutionContext): Promise<Windows> {
    const app = await Application.launch(t, 'windows/main.js');
    await app.until('the app is ready', () => app.evaluate(() => globalThis.isReady));
    return new Windows(app);
  }

  /** Creates the synchronizer; with partitions, the shipped preload script runs in their sessions. */
  async synchronize(
    options: Omit<ElectronPSCSynchronizerOptions, 'session' | 'allow'> = {},
    partitions?: readonly (string | null)[],
  ): Promise<void> {
    await this.app.evaluate((_, [given, names]) => globalThis.synchronize(given, names), [
      options,
      partitions,
    ] as const);
  }

  /** Opens a window, and resolves when its page has loaded. */
  async open(webPreferences: WebPreferences = {}, page = join(PAGES, 'page.html')): Promise<Page> {
    const opened = await this.app.window(() =>
      this.app.evaluate((_, [file, given]) => globalThis.openWindow(file, given), [
        page,
        webPreferences,
      ] as const),
    );
    await opened.waitForLoadState();
    return opened;
  }
}
