// Calls between the main process, a sandboxed window and a utility process.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, utilityProcess } from 'electron';
import { ipcMainTransport, newSessionId, utilityProcessTransport } from 'psc-native/session';
import { EchoChannel } from './echo.mjs';

app.on('window-all-closed', () => {});

const logs = [];
const options = { onLog: ({ message }) => logs.push(message) };
let window;
let channel;
let utility;

const call = (to, action, payload) => to.startSession(newSessionId(), { action, payload });
/** The code of what a call rejects with. */
const codeOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  );
const connect = () => {
  channel = new EchoChannel(ipcMainTransport(ipcMain, window.webContents), options);
};

globalThis.steps = {
  async open() {
    await app.whenReady();
    window = new BrowserWindow({
      show: false,
      webPreferences: { sandbox: true, preload: join(__dirname, 'preload.js') },
    });
    connect();
    await window.loadURL('data:text/html,<title>A window</title>');
  },
  async bothWays() {
    const toWindow = await call(channel, 'echo', 'to the window');
    const toMain = await window.webContents.executeJavaScript("call('echo', 'to main')");
    return [toWindow, toMain, logs];
  },
  async reload() {
    const code = codeOf(call(channel, 'wait'));
    window.webContents.reload();
    const told = await code;
    connect();
    return [told, await call(channel, 'echo', 'again')];
  },
  /** A page of another site takes the place of one that closes its channel as it is unloaded. */
  async leave() {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<title>A page</title>');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address();
    window.webContents.once('did-navigate', connect);
    await window.loadURL(`http://localhost:${port}/#farewell`);
    await call(channel, 'echo', 'to the first page');
    const order = [];
    const farewell = new Promise((resolve) => {
      const hear = (_event, { type }) => {
        if (type !== 'close') return;
        ipcMain.off('psc-session', hear);
        order.push('farewell');
        resolve();
      };
      ipcMain.on('psc-session', hear);
    });
    let waiting;
    window.webContents.once('did-navigate', () => {
      order.push('did-navigate');
      connect();
      waiting = channel.startSession(newSessionId(), { action: 'wait' });
      waiting.catch(() => {});
    });
    await window.loadURL(`http://127.0.0.1:${port}/`);
    await farewell;
    const echoed = await call(channel, 'echo', 'to the next page');
    const { isFinished } = waiting.session;
    server.close();
    return [order, echoed, isFinished];
  },
  async crash() {
    const code = codeOf(call(channel, 'wait'));
    window.webContents.forcefullyCrashRenderer();
    return code;
  },
  async close() {
    window.webContents.reload();
    await new Promise((resolve) => window.webContents.once('did-navigate', resolve));
    connect();
    await call(channel, 'echo', 'after the crash');
    const code = codeOf(call(channel, 'wait'));
    window.destroy();
    return [await code, ipcMain.listenerCount('psc-session')];
  },
  async utility() {
    utility = utilityProcess.fork(join(__dirname, 'utility.js'));
    const to = new EchoChannel(utilityProcessTransport(utility), options);
    const echoed = await call(to, 'echo', 'to the utility process');
    const code = codeOf(call(to, 'wait'));
    utility.kill();
    return [echoed, await code];
  },
};
