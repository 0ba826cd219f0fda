import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';
import { uniqueDirectory } from '../../helpers/unique';
import { until, within } from '../../helpers/until';

export const REPOSITORY = resolve(__dirname, '../../..');
const APPS = resolve(__dirname, '../apps');
const LAUNCH_MS = 60_000;
const END_MS = 15_000;

/** How to start an app. */
export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program that has the app inside, as packaged. Without it, the Electron of this run is given the app. */
  readonly program?: string;
}

/** The Electron of this run. */
export function executable(): string {
  const path = process.env.PSC_ELECTRON;
  if (path) return path;
  throw new Error('PSC_ELECTRON names no Electron: start the test with `npm run test:electron`.');
}

/** Whether it starts without `--no-sandbox` here. Preload scripts are sandboxed all the same. */
export function canSandbox(): boolean {
  return process.env.PSC_ELECTRON_SANDBOX === 'yes';
}

/** A running app. Ended with its test at the latest, and nothing is left of it. */
export class Application {
  private constructor(
    /** Playwright's own handle: `evaluate` in the main process, `windows()`, `waitForEvent`. */
    readonly electron: ElectronApplication,
    /** Its main process. */
    readonly process: ChildProcess,
    /** Everything its processes printed so far. */
    readonly output: () => string,
  ) {}

  /**
   * Starts an app: a folder of `__test__/electron/apps` by its name, or any folder by its path. It
   * finds the repository under PSC_ROOT, and has a profile of its own.
   */
  static async launch(
    t: ExecutionContext,
    app: string,
    { args = [], env = {}, program }: LaunchOptions = {},
  ): Promise<Application> {
    const profile = uniqueDirectory(t);
    const chromiumSandbox = canSandbox();
    const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env as Record<string, string>;
    const named = program === undefined ? [resolve(APPS, app)] : [];
    const launched = await electron.launch({
      executablePath: program ?? executable(),
      args: ['--disable-gpu', `--user-data-dir=${profile}`, ...named, ...args],
      env: { ...inherited, PSC_ROOT: REPOSITORY, ...env },
      chromiumSandbox,
      timeout: LAUNCH_MS,
    });
    const child = launched.process();
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      output += text;
    });
    const application = new Application(launched, child, () => output);
    t.teardown(async () => {
      await application.close();
      if (!t.passed && output !== '') t.log(`${app} printed:\n${output}`);
    });
    return application;
  }

  /** Runs code in the main process; `electron` is its first argument. */
  evaluate: ElectronApplication['evaluate'] = (...args: [never]) => this.electron.evaluate(...args);

  /** The window that `open` brings about, run in the main process; or the first one of all. */
  async window(open?: () => Promise<unknown>): Promise<Page> {
    if (open === undefined) return this.electron.firstWindow({ timeout: LAUNCH_MS });
    const [page] = await Promise.all([
      this.electron.waitForEvent('window', { timeout: LAUNCH_MS }),
      open(),
    ]);
    return page;
  }

  /** The ids of the processes that belong to it, its own first. */
  async processIds(): Promise<number[]> {
    const all = await this.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
    return all.sort((a) => (a === this.process.pid ? -1 : 0));
  }

  /** Waits until something holds, and says what the app printed if it never does. */
  async until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
    try {
      return await until(what, condition);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe app printed:\n${this.output()}`);
    }
  }

  /** Ends it: as its user would, and if that takes too long as the kernel would. */
  async close(): Promise<void> {
    const child = this.process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    await within('Quitting', this.electron.close(), END_MS).catch(() => {});
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await within('Ending the main process', ended);
  }
}
