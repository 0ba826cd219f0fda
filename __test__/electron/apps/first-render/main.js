// Windows that show an article with alova's `useRequest`, from a folder that PAGE names.

const { once } = require('node:events');
const { createServer } = require('node:http');
const { join, normalize } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { app, BrowserWindow, ipcMain, protocol, session } = require('electron');
const psc = require(join(process.env.PSC_ROOT, 'dist', 'index.js'));

const LATENCY_MS = 200;

let requests = 0;
let origin;
let synchronizer;

// What Vite builds are ES modules, which do not load from `file:`.
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

global.openPage = (adapter) => {
  const url = new URL('app://page/index.html');
  url.search = new URLSearchParams({ adapter, origin });
  return new BrowserWindow().loadURL(url.href);
};

global.counts = () => ({ requests, applied: synchronizer.stats().applied });

async function startOrigin() {
  const server = createServer(async ({ method }, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (method === 'OPTIONS') return response.end();
    requests += 1;
    await delay(LATENCY_MS);
    response.end(JSON.stringify({ title: 'An article' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

app.whenReady().then(async () => {
  protocol.registerFileProtocol('app', ({ url }, answer) => {
    answer(join(process.env.PAGE, normalize(new URL(url).pathname)));
  });
  synchronizer = psc.createElectronPSCSynchronizer(ipcMain, { session: session.defaultSession });
  origin = await startOrigin();
  global.isReady = true;
});

app.on('window-all-closed', () => {});
