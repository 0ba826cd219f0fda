const { ipcMain, session } = require('electron');
const { join } = require('node:path');
const { ask, close, open, psc, runScenario, serve, until } = require('../scenarios');
const { attack } = require('./attacks');

ipcMain.on('heard', (event) => {
  event.returnValue = true;
});

/** Windows of this session have the shipped preload script, and pages see the codes of errors. */
const honest = { contextIsolation: false };
/** Windows of another session, with a hostile one. */
const hostile = () => ({
  contextIsolation: false,
  session: session.fromPartition('hostile'),
  preload: join(__dirname, 'preload.js'),
});

const start = async (options = {}) => {
  const { site } = await serve({ '/': '<p>A page</p>' });
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

runScenario({
  /** Everything that a hostile page can send, while two honest windows go on. */
  async attack({ name, count }) {
    const { site, synchronizer } = await start({
      allow: ({ frame, scope }) => frame?.parent === null && scope !== 'secret',
    });
    const victims = [await open(site, honest), await open(site, honest)];
    await outcome(victims[0], "pscAdapter.set('kept', 'as it was')");
    const attacker = await open(site, hostile());
    await ask(attacker, attack(name, 'alova-ipc-to-main', count));
    await ask(attacker, attack('a forged scope', 'alova-ipc-to-main', count));
    await outcome(victims[0], "pscAdapter.set('own', 'heard')");
    await until(
      'the other window has heard',
      async () => (await get(victims[1], 'own')) === 'heard',
    );
    const read = await Promise.all(victims.map((window) => get(window, 'kept')));
    const told = await ask(attacker, 'JSON.stringify(window.told)');
    await close(attacker);
    return { read, toldOfSecret: told.includes('a secret'), stats: synchronizer.stats() };
  },
});
