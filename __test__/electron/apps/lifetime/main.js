const { BrowserWindow, ipcMain, session } = require('electron');
const {
  ask,
  close,
  heldBytes,
  listeners,
  next,
  open,
  psc,
  runScenario,
  serve,
  until,
  untilNoRenderer,
} = require('../scenarios');

// The first script of a page says what its mirror knew at once, and writes something of its own.
const PAGE = `<script>
  window.first = pscAdapter.get('warm');
  window.written = pscAdapter.set('written', location.pathname).then(() => true);
</script>`;

// The last words of a document.
const FAREWELL = `<script>
  addEventListener('pagehide', () => { for (let n = 0; n < 50; n += 1) pscAdapter.set('farewell', n); });
</script>${PAGE}`;

const start = async (sessions = [session.defaultSession]) => {
  const pages = { '/': PAGE, '/farewell': FAREWELL };
  const sites = await serve(pages);
  const synchronizer = psc().createElectronPSCSynchronizer(ipcMain, { session: sessions });
  const mirrors = (count) =>
    until(`${count} mirrors take part`, () => synchronizer.stats().mirrors === count);
  return { synchronizer, mirrors, ...sites };
};

/** Loads something, and waits for what its page did. */
const loading = async (window, load) => {
  const loaded = next(window.webContents, 'did-finish-load');
  load();
  await loaded;
  await ask(window, 'window.written');
};

const get = (window, key) => ask(window, `pscAdapter.get(${JSON.stringify(key)})`);
const set = (window, key, value) =>
  ask(window, `pscAdapter.set(${JSON.stringify(key)}, ${JSON.stringify(value)}).then(() => true)`);
const has = (window, key, value) =>
  until(`the window reads ${value} in ${key}`, async () => (await get(window, key)) === value);

const state = (window, visibility) =>
  until(`the window is ${visibility}`, async () => {
    return (await ask(window, 'document.visibilityState')) === visibility;
  });

/** Each of two windows reads what the other sets. */
const share = async (one, other, mark) => {
  await set(one, `to-other-${mark}`, mark);
  await has(other, `to-other-${mark}`, mark);
  await set(other, `to-one-${mark}`, mark);
  await has(one, `to-one-${mark}`, mark);
};

const measure = async (windows, synchronizer) => ({
  bytes: await heldBytes(),
  listeners: listeners(...windows),
  mirrors: synchronizer.stats().mirrors,
});

runScenario({
  async reload({ cycles, first }) {
    const { synchronizer, mirrors, site } = await start();
    const window = await open(site);
    await set(window, 'warm', 'yes');
    let cold = 0;
    let before;
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      await loading(window, () => window.webContents.reload());
      if ((await ask(window, 'window.first')) !== 'yes') cold += 1;
      if (cycle === first) before = await measure([window], synchronizer);
    }
    const after = await measure([window], synchronizer);
    await close(window);
    await mirrors(0);
    await untilNoRenderer();
    return { before, after, cold, stats: synchronizer.stats() };
  },

  async openAndClose({ cycles, first }) {
    const { synchronizer, mirrors, site } = await start();
    const stays = await open(site);
    await set(stays, 'warm', 'yes');
    let before;
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const window = await open(site);
      await ask(window, 'window.written');
      await mirrors(2);
      await close(window);
      await mirrors(1);
      if (cycle === first) before = await measure([stays], synchronizer);
    }
    const after = await measure([stays], synchronizer);
    stays.destroy();
    await mirrors(0);
    await untilNoRenderer();
    return { before, after, stats: synchronizer.stats() };
  },

  async navigate() {
    const { synchronizer, mirrors, site, otherSite } = await start();
    const other = await open(site);
    const window = await open(site);
    await set(other, 'warm', 'yes');
    const seen = [];
    for (const url of [`${site}/a`, `${site}/b`, `${otherSite}/c`, `${site}/d`, `${site}/d#e`]) {
      if (url.includes('#')) await window.loadURL(url);
      else await loading(window, () => void window.loadURL(url));
      await mirrors(2);
      await share(window, other, url);
      seen.push([await ask(window, 'window.first'), synchronizer.stats().mirrors]);
    }
    return { seen, listeners: [listeners(window), listeners(other)] };
  },

  async farewell() {
    const { synchronizer, mirrors, site, otherSite } = await start();
    const other = await open(site);
    const window = await open(`${site}/farewell`);
    const leaving = [`${otherSite}/a`, `${site}/farewell`, `${otherSite}/farewell`, `${site}/b`];
    for (const url of leaving) {
      await loading(window, () => void window.loadURL(url));
      await share(window, other, url);
      await mirrors(2);
    }
    await loading(window, () => void window.loadURL(`${site}/farewell`));
    await close(window);
    await mirrors(1);
    await close(other);
    await mirrors(0);
    return synchronizer.stats();
  },

  async crash() {
    const { synchronizer, mirrors, site } = await start();
    const other = await open(site);
    const window = await open(site);
    await set(other, 'warm', 'yes');
    const gone = next(window.webContents, 'render-process-gone');
    window.webContents.forcefullyCrashRenderer();
    await gone;
    const without = synchronizer.stats().mirrors;
    // While there is nobody to hear it.
    await set(other, 'meanwhile', 'said');
    await loading(window, () => window.webContents.reload());
    const first = await ask(window, 'window.first');
    const meanwhile = await get(window, 'meanwhile');
    await share(window, other, 'after');
    await mirrors(2);
    return { without, first, meanwhile, listeners: [listeners(window), listeners(other)] };
  },

  async hidden() {
    const { site } = await start();
    const writer = await open(site);
    const hidden = [await open(site), await open(site, { backgroundThrottling: true })];
    for (const window of hidden) {
      window.show();
      await state(window, 'visible');
      window.hide();
      await state(window, 'hidden');
    }
    for (let n = 0; n < 200; n += 1) await set(writer, `key-${n % 20}`, n);
    const all = [];
    for (const window of hidden) {
      await has(window, 'key-19', 199);
      const values = [];
      for (let n = 0; n < 20; n += 1) values.push(await get(window, `key-${n}`));
      all.push(values);
      await set(window, 'answer', all.length);
      await has(writer, 'answer', all.length);
      await state(window, 'hidden');
    }
    return all;
  },

  async sessions() {
    const others = ['persist:one', 'two'].map((name) => session.fromPartition(name));
    const { mirrors, site } = await start([session.defaultSession, ...others]);
    const windows = [];
    for (const own of [session.defaultSession, ...others]) {
      windows.push(await open(site, { session: own }));
    }
    const [one, two, three] = windows;
    await share(one, two, 'a');
    await share(two, three, 'b');
    await share(three, one, 'c');
    await mirrors(3);
    // One session more, of which nothing was said.
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: { session: session.fromPartition('three') },
    });
    await stranger.loadURL(site);
    return ask(stranger, 'typeof window.pscAdapter');
  },

  async devTools() {
    const { synchronizer, mirrors, site } = await start();
    const window = await open(site, { devTools: true });
    const other = await open(site);
    await set(other, 'warm', 'yes');
    const before = listeners(window);
    window.webContents.openDevTools({ mode: 'detach' });
    await until('they are open', () => window.webContents.isDevToolsOpened());
    const tools = window.webContents.devToolsWebContents;
    await until('they are shown', () => !tools.isLoading());
    const theirs = await tools.executeJavaScript('typeof window.pscAdapter');
    await share(window, other, 'with');
    await loading(window, () => window.webContents.reload());
    const first = await ask(window, 'window.first');
    await share(window, other, 'reloaded');
    const during = synchronizer.stats().mirrors;
    window.webContents.closeDevTools();
    await until('they are closed', () => !window.webContents.isDevToolsOpened());
    await share(window, other, 'without');
    await mirrors(2);
    return { first, during, theirs, before, after: listeners(window) };
  },
});
