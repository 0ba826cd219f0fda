// The demo, driven by a script in place of a person.

import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.mjs';
import { root } from '../run.mjs';
import { commandLine } from './launch.mjs';

const LAUNCH_MS = 60_000;
const SHOW_MS = 20_000;
const LIMIT_MS = 180_000;

/** A window of the demo. */
class DemoWindow {
  constructor(name, page) {
    this.name = name;
    this.page = page;
  }

  click(selector) {
    return this.page.click(selector, { timeout: SHOW_MS });
  }

  /** Waits until the text in the window is the expected one. */
  async shows(selector, expected) {
    const end = performance.now() + SHOW_MS;
    let shown;
    do {
      const texts = await this.page.locator(selector).allInnerTexts();
      shown = texts.join(' | ');
      if (shown === expected) return;
      await delay(20);
    } while (performance.now() < end);
    throw new Failure(
      `Window ${this.name} shows "${shown}" at ${selector}, and should show "${expected}".`,
    );
  }
}

/** The demo, running: Playwright's handle of it. */
export class Demo {
  #app;

  constructor(app) {
    this.#app = app;
  }

  /** Runs code in the main process; `electron` is its first argument. */
  evaluate(...args) {
    return this.#app.evaluate(...args);
  }

  /** The window with a name, once there is one. */
  async window(name) {
    const end = performance.now() + LAUNCH_MS;
    for (;;) {
      const page = this.#app.windows().find((each) => each.url().includes(`name=${name}`));
      if (page) return new DemoWindow(name, page);
      if (performance.now() > end) throw new Failure(`There is no window ${name}.`);
      await delay(20);
    }
  }

  /** The page of the window that `open` opens. */
  async opened(open) {
    const [page] = await Promise.all([this.#app.waitForEvent('window'), open()]);
    return page;
  }
}

/** Starts the demo, gives it to `use`, and ends it. */
export async function withDemo(folder, display, use) {
  // Not at the top: set-up begins where it is not installed yet.
  const { _electron: electron } = await import('playwright-core');
  const flags = ['--disable-gpu', ...(use.flags ?? [])];
  const { executable, args, isSandboxed } = await commandLine(folder, flags);
  const app = await electron.launch({
    executablePath: executable,
    args,
    cwd: root,
    env: { ...process.env, ...display },
    chromiumSandbox: isSandboxed,
    timeout: LAUNCH_MS,
  });
  const child = app.process();
  let output = '';
  child.stderr.on('data', (text) => {
    output += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  try {
    await use(new Demo(app));
  } catch (error) {
    if (output) process.stderr.write(`\nThe demo printed:\n${output}`);
    throw error;
  } finally {
    await app.close();
    clearTimeout(timer);
  }
}
