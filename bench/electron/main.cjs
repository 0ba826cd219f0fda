// The main process of the measurements. Says what it measured as one line of JSON.

const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { app, BrowserWindow, ipcMain } = require('electron');
const { createElectronPSCSynchronizer } = require('../../dist/index.js');

const { PSC_BENCH_FOLDER: bundles } = process.env;
const plan = JSON.parse(readFileSync(join(bundles, 'plan.json'), 'utf8'));

ipcMain.handle('echo', (_, key, text) => [key, text]);

/** Nanoseconds that this thread has run. */
function threadTime() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
}

async function open(url) {
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      sandbox: true,
      preload: join(bundles, 'preload.js'),
      backgroundThrottling: false,
    },
  });
  await window.loadURL(url);
  const call = (name, ...args) =>
    window.webContents.executeJavaScript(`${name}(...${JSON.stringify(args)})`);
  return { window, call };
}

/** A server on this machine, because ES modules are not loaded from files. */
async function serve() {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    const page = '<!doctype html><script type="module" src="/page.js"></script>';
    response.end(isScript ? readFileSync(join(bundles, 'page.js')) : page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}

async function mainTime(run, events) {
  const start = threadTime();
  await run();
  return (threadTime() - start) / events;
}

app.on('window-all-closed', () => {});

app.whenReady().then(async () => {
  createElectronPSCSynchronizer(ipcMain, {
    limits: { maxEventsPerSecond: 1e6 },
    maxBytes: 256 * 2 ** 20,
  });
  const url = await serve();
  const [a, b] = [await open(url), await open(url)];
  ipcMain.on('relay', ({ sender }, key, text) => {
    const other = sender === a.window.webContents ? b : a;
    other.window.webContents.send('relayed', key, text);
  });
  ipcMain.on('relay-to-all', (_, key, text) => {
    for (const { window } of [a, b]) window.webContents.send('relayed-to-all', key, text);
  });
  for (const { call } of [a, b]) await call('measure.follow');
  const measured = { set: [], pingPong: [], mainTime: [] };
  const { small, large, rounds, count } = plan;
  for (let round = 0; round < rounds; round += 1) {
    measured.set.push({
      ours: await a.call('measure.set', small, count),
      peer: await a.call('measure.invoke', small, count),
    });
    await b.call('measure.play', small);
    measured.pingPong.push({
      ours: await a.call('measure.ping', small, count),
      peer: await a.call('measure.relayPing', small, count),
    });
    for (const { name, value, events, atOnce } of [
      { name: '300 B', value: small, events: count * 5, atOnce: 50 },
      { name: '1 MB', value: large, events: plan.largeCount, atOnce: 2 },
    ]) {
      measured.mainTime.push({
        name,
        ours: await mainTime(() => a.call('measure.flood', value, events, atOnce), events),
        peer: await mainTime(() => a.call('measure.relayFlood', value, events, atOnce), events),
      });
    }
  }
  measured.get = await a.call('getRounds', plan.keys, plan.values, plan.getRounds);
  console.log(`measured ${JSON.stringify({ versions: process.versions, ...measured })}`);
  app.exit(0);
});
