const { ipcMain, session } = require('electron');
const { ask, listeners, open, psc, runScenario, serve, until } = require('../scenarios');

const ADMITTED = '/admitted';

/** Preload scripts run in embedded frames, too, and pages see the codes of errors. */
const preferences = { contextIsolation: false, nodeIntegrationInSubFrames: true };

const start = async (options = {}) => {
  // The first thing that a document does.
  const { site, otherSite } = await serve({
    '/': "<p>A page</p><script>window.first = pscAdapter.get('warm');</script>",
  });
  const synchronizer = psc().createElectronPSCSynchronizer(ipcMain, {
    session: session.defaultSession,
    ...options,
  });
  const window = await open(site, preferences);
  await ask(window, "pscAdapter.set('warm', 'yes').then(() => true)");
  const mirrors = (count) =>
    until(`${count} mirrors take part`, () => synchronizer.stats().mirrors === count);
  return { site, otherSite, synchronizer, window, mirrors };
};

/** What `allow` says where documents at one path are admitted, whoever embeds them. */
const allow = ({ frame, url }) => frame?.parent === null || new URL(url).pathname === ADMITTED;

/** Puts a document into a frame of a window's page. Returns the frame, as the main process has it. */
const embed = async (window, url) => {
  await ask(
    window,
    `new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(url)};
      frame.onload = () => done(true);
      document.body.append(frame);
    })`,
  );
  return until('the frame is there', () =>
    window.webContents.mainFrame.frames.find((frame) => frame.url === url),
  );
};

/** Takes the only frame out of a window's page. */
const remove = async (window) => {
  await ask(window, "document.querySelector('iframe').remove(); true");
  await until('the frame is gone', () => window.webContents.mainFrame.frames.length === 0);
};

const get = (frame, key) => frame.executeJavaScript(`pscAdapter.get(${JSON.stringify(key)})`);

/** What becomes of a `set`: the code of its error, or `'done'`. */
const set = (frame, key, value) =>
  frame.executeJavaScript(
    `pscAdapter.set(${JSON.stringify(key)}, ${JSON.stringify(value)}).then(() => 'done', (error) => error.code)`,
  );

const has = (frame, key, value) =>
  until(`the frame reads ${value} in ${key}`, async () => (await get(frame, key)) === value);

runScenario({
  async unasked() {
    const { site, otherSite, synchronizer, window } = await start();
    const found = [];
    for (const url of [`${site}/a`, `${otherSite}/b`]) {
      const frame = await embed(window, url);
      const first = await frame.executeJavaScript('window.first ?? "nothing"');
      const code = await set(frame, 'k', 'from a frame');
      await set(window.webContents.mainFrame, 'told', url);
      // What is told to all has been told when a later answer to this very frame has come.
      await set(frame, 'k', 'once more');
      found.push([first, code, (await get(frame, 'told')) ?? 'nothing']);
    }
    const kept = (await get(window.webContents.mainFrame, 'k')) ?? 'nothing';
    return { found, kept, mirrors: synchronizer.stats().mirrors };
  },

  async admitted() {
    const { site, otherSite, window, mirrors } = await start({ allow });
    const other = await open(site, preferences);
    const { mainFrame } = window.webContents;
    const refused = await embed(window, `${site}/other`);
    const found = [];
    for (const url of [site + ADMITTED, otherSite + ADMITTED]) {
      const frame = await embed(window, url);
      found.push([
        await frame.executeJavaScript('window.first'),
        await set(frame, `from ${url}`, url),
        frame.processId === mainFrame.processId,
      ]);
      for (const each of [mainFrame, other.webContents.mainFrame]) {
        await has(each, `from ${url}`, url);
      }
      await set(mainFrame, `to ${url}`, url);
      await has(frame, `to ${url}`, url);
    }
    await mirrors(4);
    return { found, refused: await set(refused, 'k', 1) };
  },

  async removed({ cycles }) {
    const { site, otherSite, window, synchronizer, mirrors } = await start({ allow });
    const { mainFrame } = window.webContents;
    let before;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const url = `${cycle % 2 === 0 ? site : otherSite}${ADMITTED}?${cycle}`;
      const frame = await embed(window, url);
      await set(frame, 'k', cycle);
      await has(mainFrame, 'k', cycle);
      await remove(window);
      // The next event that would be its.
      await set(mainFrame, 'next', cycle);
      await mirrors(1);
      before ??= listeners(window);
    }
    const { failures, dropped } = synchronizer.stats();
    return { before, after: listeners(window), failures, dropped };
  },

  async quota() {
    const { site, window } = await start({ allow, limits: { maxBytes: 20_000 } });
    const { mainFrame } = window.webContents;
    const text = 'x'.repeat(12_000);
    const url = site + ADMITTED;
    const greedy = await embed(window, url);
    const codes = [await set(greedy, 'a', text), await set(greedy, 'b', text)];
    // The window that embeds it has a quota of its own.
    codes.push(await set(mainFrame, 'own', text));
    await remove(window);
    // What it has set is still there, and counts.
    const next = await embed(window, url);
    codes.push(await set(next, 'b', text));
    await mainFrame.executeJavaScript("pscAdapter.remove('a').then(() => true)");
    codes.push(await set(next, 'b', text));
    return codes;
  },
});
