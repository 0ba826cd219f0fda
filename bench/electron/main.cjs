// The main process of the measurements: opens two windows and has them take turns. Writes what it measured to a file.

const { readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { app, BrowserWindow, ipcMain } = require('electron');
const { createElectronPSCSynchronizer } = require('../../dist/index.js');

const { PSC_BENCH_FOLDER: folder } = process.env;
const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));

/** Nanoseconds that this thread has run. */
function threadTime() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
}

/** A server on this machine, because ES modules are not loaded from files. */
async function serve() {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    // Only an isolated page has a clock with steps of 5 us; that of others has steps of 100.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const page = '<!doctype html><script type="module" src="/page.js"></script>';
    response.end(isScript ? readFileSync(join(folder, 'page.js')) : page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}

async function open(url) {
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      sandbox: true,
      preload: join(folder, 'preload.js'),
      backgroundThrottling: false,
    },
  });
  await window.loadURL(url);
  const call = (name, ...args) =>
    window.webContents.executeJavaScript(`${name}(...${JSON.stringify(args)})`);
  return { contents: window.webContents, call };
}

/** The least that main has to do for what is measured: to answer, to hand on to one, and to all. */
function relay(a, b) {
  ipcMain.handle('echo', (_, key, text) => [key, text]);
  ipcMain.on('relay', ({ sender }, key, text) => {
    const other = sender === a.contents ? b : a;
    other.contents.send('relayed', key, text);
  });
  ipcMain.on('relay-to-all', (_, key, text) => {
    for (const { contents } of [a, b]) contents.send('relayed-to-all', key, text);
  });
}

/** Ours and the peer, one right after the other; whoever is first in this round is second in the next. */
async function pair(round, ours, peer) {
  const times = {};
  const turns = [
    ['ours', ours],
    ['peer', peer],
  ];
  if (round % 2 === 1) turns.reverse();
  for (const [name, run] of turns) times[name] = await run();
  return times;
}

async function mainTime(run, events) {
  const start = threadTime();
  await run();
  return (threadTime() - start) / events;
}

async function measure(a, b) {
  const { small, large, rounds, trips, flood, largeFlood } = plan;
  const text = JSON.stringify(small);
  const rows = { set: [], shared: [], pingPong: [], pingPongValue: [], small: [], large: [] };
  for (let round = -plan.warmUp; round < rounds; round += 1) {
    if (round >= 0) process.stdout.write(`round ${round + 1} of ${rounds}\n`);
    const add = async (name, ours, peer) => {
      const times = await pair(round, ours, peer);
      if (round >= 0) rows[name].push(times);
    };
    const echo = () => a.call('measure.invoke', text, trips);
    await add('set', () => a.call('measure.set', 'alone', small, trips), echo);
    await add('shared', () => a.call('measure.set', 'shared', small, trips), echo);
    await b.call('measure.play', small);
    const ping = () => a.call('measure.ping', small, trips);
    await add('pingPong', ping, () => a.call('measure.relayPing', text, trips));
    await add('pingPongValue', ping, () => a.call('measure.relayPing', small, trips));
    for (const [name, value, events, atOnce] of [
      ['small', small, flood, 50],
      ['large', large, largeFlood, 2],
    ]) {
      await add(
        name,
        () => mainTime(() => a.call('measure.flood', value, events, atOnce), events),
        () => mainTime(() => a.call('measure.relayFlood', value, events, atOnce), events),
      );
    }
  }
  rows.page = await a.call('getRounds', plan.keys, plan.values, plan.getRounds);
  return rows;
}

app.on('window-all-closed', () => {});

app.whenReady().then(async () => {
  createElectronPSCSynchronizer(ipcMain, {
    limits: { maxEventsPerSecond: 1e6 },
    maxBytes: 256 * 2 ** 20,
  });
  const url = await serve();
  const [a, b] = [await open(url), await open(url)];
  relay(a, b);
  for (const { call } of [a, b]) await call('measure.follow');
  const isolated = await a.call('(() => crossOriginIsolated)');
  const rows = await measure(a, b);
  const results = { versions: process.versions, isolated, rows };
  writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
  app.exit(0);
});
