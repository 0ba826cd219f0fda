// What the apps of the scenario tests have in common. Required by their main scripts.

const { app, BrowserWindow, ipcMain } = require('electron');
const { createServer } = require('node:http');
const { setTimeout: delay } = require('node:timers/promises');

const DEADLINE_MS = 30_000;

exports.psc = () => require(process.env.PSC_ROOT);

/** Runs the scenario that the test asks for, and prints what came of it. */
exports.runScenario = (scenarios) => {
  const end = (message) => process.stdout.write(`${JSON.stringify(message)}\n`, () => app.exit(0));
  const fail = (error) => end({ error: String(error?.stack ?? error) });
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  app.on('window-all-closed', () => {});
  const { name, options } = JSON.parse(process.env.PSC_SCENARIO);
  app
    .whenReady()
    .then(() => scenarios[name](options))
    .then((result) => end({ result: result ?? null }), fail);
};

/** Waits until a condition holds. Returns what made it hold. */
async function until(what, condition, deadlineMs = DEADLINE_MS) {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end)
      throw new Error(`In ${deadlineMs} ms it never was so that ${what}.`);
    await delay(2);
  }
}
exports.until = until;

/** The next event of an emitter, as the list of its arguments. */
exports.next = (emitter, event, deadlineMs = DEADLINE_MS) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`No ${event} in ${deadlineMs} ms.`)),
      deadlineMs,
    );
    emitter.once(event, (...args) => {
      clearTimeout(late);
      resolve(args);
    });
  });

/** Serves pages at two sites: what is to be shown by path. Lives as long as the app. */
exports.serve = async (pages, headers = {}) => {
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'text/html');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(pages[url] ?? pages['/']);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const { port } = server.address();
  return { site: `http://127.0.0.1:${port}`, otherSite: `http://localhost:${port}` };
};

/** Opens a window and loads an address in it. */
exports.open = async (url, webPreferences = {}) => {
  const window = new BrowserWindow({ show: false, webPreferences });
  await window.loadURL(url);
  return window;
};

/** What a piece of JavaScript gives in the page of a window. */
exports.ask = (window, code) => window.webContents.executeJavaScript(code);

/** Closes a window, and waits until it is gone. */
exports.close = async (window) => {
  const gone = exports.next(window.webContents, 'destroyed');
  window.close();
  await gone;
};

/** Waits until no process of a page is left. */
exports.untilNoRenderer = () =>
  until('no renderer process is left', () => {
    return app.getAppMetrics().every(({ type }) => type !== 'Tab');
  });

/** How many listeners there are: on our channels, and on everything of a window. */
exports.listeners = (...windows) => {
  const counts = {};
  for (const channel of ['alova-ipc-to-main', 'alova-ipc-question']) {
    counts[channel] = ipcMain.listenerCount(channel);
  }
  windows.forEach(({ webContents }, index) => {
    for (const event of webContents.eventNames()) {
      counts[`${index}.${String(event)}`] = webContents.listenerCount(event);
    }
  });
  return counts;
};

/** Bytes that main's heap holds once nothing more can be collected. Needs --expose-gc. */
exports.heldBytes = async () => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round += 1) {
    global.gc();
    // What is finalised, is so in a task.
    await delay(10);
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
};
