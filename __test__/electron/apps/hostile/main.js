const { ipcMain, session } = require('electron');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { ask, close, open, psc, runScenario, serve, until } = require('../scenarios');
const { attack } = require('./attacks');
const { longestBlock, median } = require('./block');

const HEARD_AGAIN_MS = 1200;

ipcMain.on('heard', (event) => {
  event.returnValue = true;
});
// The least that can become of what is sent.
ipcMain.on('empty', () => {});

/** Windows of this session have the shipped preload script, and pages see the codes of errors. */
const honest = { contextIsolation: false };
/** Windows of another session, with a hostile one. */
const hostile = () => ({
  contextIsolation: false,
  session: session.fromPartition('hostile'),
  preload: join(__dirname, 'preload.js'),
});

/** Should it crash, nothing that is asked of it would ever be answered. */
const openHostile = async (site) => {
  const window = await open(site, hostile());
  window.webContents.once('render-process-gone', (_, { reason }) => {
    if (reason !== 'clean-exit') throw new Error(`The hostile page is gone: ${reason}.`);
  });
  return window;
};

// Only isolated pages have a clock that counts in steps of 5 us; that of others has steps of 100.
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const start = async (options = {}) => {
  const { site } = await serve({ '/': '<p>A page</p>' }, ISOLATED);
  const synchronizer = psc().createElectronPSCSynchronizer(ipcMain, {
    session: session.defaultSession,
    ...options,
  });
  return { site, synchronizer };
};

const get = (window, key) => ask(window, `pscAdapter.get(${JSON.stringify(key)})`);

/** What becomes of a promise in the page: the code of its error, or `'done'`. */
const outcome = (window, promise) =>
  ask(window, `${promise}.then(() => 'done', (error) => error.code)`);

/** What a round trip of a window takes, in ms: the median of so many. */
const roundTrip = async (window, count) =>
  median(
    await ask(
      window,
      `(async () => {
        const times = [];
        for (let n = 0; n < ${count}; n += 1) {
          const start = performance.now();
          await pscAdapter.set('trip', n);
          times.push(performance.now() - start);
        }
        return times;
      })()`,
    ),
  );

runScenario({
  /**
   * How long an attack blocks the main process beside the same messages to a listener that does nothing, and what a round
   * trip of another window takes before and after it.
   */
  async weigh({ name, count, rounds, trips }) {
    const { site, synchronizer } = await start();
    const victims = [await open(site, honest), await open(site, honest)];
    const attacker = await openHostile(site);
    const send = (channel) => () => ask(attacker, attack(name, channel, count));
    const isOver = () => synchronizer.stats().waiting === 0;
    // What is compiled and allocated once is nobody's.
    await roundTrip(victims[0], 5 * trips);
    await send('empty')();
    const all = [];
    for (let round = 0; round < rounds; round += 1) {
      process.stdout.write(`round ${round + 1} of ${rounds}\n`);
      // Cut off is heard again after a second of silence.
      await delay(HEARD_AGAIN_MS);
      const empty = await longestBlock(send('empty'), isOver);
      const before = await roundTrip(victims[0], trips);
      const { limited } = synchronizer.stats();
      const attacked = await longestBlock(send('alova-ipc-to-main'), isOver);
      // What was too much is heard no more; what was not has been heard.
      const after = await roundTrip(victims[0], trips);
      all.push({ empty, attacked, before, after, cut: synchronizer.stats().limited > limited });
    }
    return { rounds: all, stats: synchronizer.stats() };
  },

  /** Everything that a hostile page can send, while two honest windows go on. */
  async attack({ name, count }) {
    const { site, synchronizer } = await start({
      allow: ({ frame, scope }) => frame?.parent === null && scope !== 'secret',
    });
    const victims = [await open(site, honest), await open(site, honest)];
    await outcome(victims[0], "pscAdapter.set('kept', 'as it was')");
    const attacker = await openHostile(site);
    await ask(attacker, attack(name, 'alova-ipc-to-main', count));
    await ask(attacker, attack('a forged scope', 'alova-ipc-to-main', count));
    await until('main has looked at it', () => synchronizer.stats().waiting === 0);
    await outcome(victims[0], "pscAdapter.set('own', 'heard')");
    await until(
      'the other window has heard',
      async () => (await get(victims[1], 'own')) === 'heard',
    );
    const read = await Promise.all(victims.map((window) => get(window, 'kept')));
    const toldOfSecret = await ask(attacker, 'window.toldOfSecret');
    await close(attacker);
    return { read, toldOfSecret, stats: synchronizer.stats() };
  },
});
