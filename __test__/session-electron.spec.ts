import EventEmitter from 'node:events';
import test from 'ava';
import {
  Channel,
  ipcMainTransport,
  ipcRendererTransport,
  messagePortMainTransport,
  parentPortTransport,
  Session,
  type SessionInit,
  utilityProcessTransport,
} from '../ts/session';
import { within } from './helpers/until';

// Electron's parts as its documentation describes them; a real Electron is another test's.

class Echo extends Session {
  protected override initializeListeners(): void {
    this.setListener('echo', (value) => value);
    this.setListener('wait', () => new Promise(() => {}));
  }
}

class EchoChannel extends Channel<Echo> {
  protected override createSession(init: SessionInit): Echo {
    return new Echo(init, this.implement);
  }
}

/** Delivers later, and copied, as every IPC does. */
const later = (message: unknown, deliver: (copy: unknown) => void) => {
  const copy = structuredClone(message);
  setImmediate(() => deliver(copy));
};

class Contents extends EventEmitter {
  static count = 0;
  readonly id = Contents.count++;
  readonly renderer = new EventEmitter();
  url = '';
  isGone = false;
  /** Where the document is that the window shows; a page of another site is elsewhere. */
  mainFrame = { processId: 1, routingId: 1 };

  send(channel: string, message: unknown): void {
    later(message, (copy) => this.renderer.emit(channel, {}, copy));
  }

  isDestroyed = () => this.isGone;
  getURL = () => this.url;
  isLoadingMainFrame = () => false;

  /** What a preload script of this window gets. */
  ipcRenderer(ipcMain: EventEmitter, parent: unknown = null) {
    const { processId, routingId: frameId } = this.mainFrame;
    return Object.assign(this.renderer, {
      send: (channel: string, message: unknown) =>
        later(message, (copy) => {
          const event = { sender: this, senderFrame: { parent }, processId, frameId };
          ipcMain.emit(channel, event, copy);
        }),
    });
  }
}

function openWindow(ipcMain: EventEmitter) {
  const contents = new Contents();
  const main = new EchoChannel(ipcMainTransport(ipcMain, contents));
  contents.emit('did-navigate', {}, 'app://page');
  contents.url = 'app://page';
  const preload = new EchoChannel(ipcRendererTransport(contents.ipcRenderer(ipcMain)));
  return { contents, main, preload };
}

const echo = (channel: Channel<Echo>, payload: unknown) =>
  within('a call', channel.startSession('a', { action: 'echo', payload }));

test('the main process and windows call each other, each window its own', async (t) => {
  const ipcMain = new EventEmitter();
  const windows = [openWindow(ipcMain), openWindow(ipcMain)];
  for (const [n, { main, preload }] of windows.entries()) {
    t.is(await echo(main, n), n);
    t.is(await echo(preload, n), n);
  }
  for (const { main } of windows) main.close();
  t.is(ipcMain.listenerCount('psc-session'), 0);
  for (const { contents } of windows) t.deepEqual(contents.eventNames(), []);
});

test('a frame within a page is not heard as the page', async (t) => {
  const ipcMain = new EventEmitter();
  const { contents, main } = openWindow(ipcMain);
  const inner = contents.ipcRenderer(ipcMain, { parent: null });
  inner.send('psc-session', { pscSession: 1, type: 'open', sessionId: 'x', action: 'wait' });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.is(main.openSessions, 0);
});

for (const [how, code, end] of [
  [
    'is closed',
    'ERR_PSC_PEER_DISCONNECTED',
    (contents: Contents) => {
      contents.isGone = true;
      contents.emit('destroyed');
    },
  ],
  [
    'crashes',
    'ERR_PSC_PEER_DIED',
    (contents: Contents) => {
      contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
    },
  ],
  [
    'goes to another page',
    'ERR_PSC_PEER_DISCONNECTED',
    (contents: Contents) => {
      contents.emit('did-navigate', {}, 'app://other');
    },
  ],
] as const) {
  test(`callers of a window are told when it ${how}`, async (t) => {
    const ipcMain = new EventEmitter();
    const { contents, main } = openWindow(ipcMain);
    await echo(main, 1);
    // A navigation that is only asked for, within the page, or in a frame inside it.
    contents.emit('did-start-navigation', {}, 'app://other', false, true, 1, 1);
    contents.emit('did-navigate-in-page', {}, 'app://page#part', true);
    contents.emit('did-frame-navigate', {}, 'app://inner', 200, 'OK', false, 1, 2);
    t.false(main.isClosed);
    const waiting = main.startSession('b', { action: 'wait' });
    end(contents);
    await t.throwsAsync(within('it rejects', waiting), { code });
    t.is(ipcMain.listenerCount('psc-session'), 0);
  });
}

test('what a page says as it is unloaded, while the next one is shown, is not taken for the words of that', async (t) => {
  const ipcMain = new EventEmitter();
  const { contents, main, preload } = openWindow(ipcMain);
  await echo(main, 1);
  // The renderer of the old page has not heard yet that another one has taken its place.
  contents.mainFrame = { processId: 2, routingId: 1 };
  contents.renderer.removeAllListeners();
  contents.emit('did-navigate', {}, 'app://other');
  t.true(main.isClosed);
  const next = new EchoChannel(ipcMainTransport(ipcMain, contents));
  const waiting = next.startSession('b', { action: 'wait' });
  preload.startSession('c', { action: 'wait' }).catch(() => {});
  preload.close();
  new EchoChannel(ipcRendererTransport(contents.ipcRenderer(ipcMain)));
  t.is(await echo(next, 2), 2);
  t.is(next.openSessions, 1);
  t.false(waiting.session.isFinished);
  t.is(main.openSessions, 0);
});

/** Ends of a port, a utility process or its parent. */
class PortEnd extends EventEmitter {
  other: PortEnd | undefined;
  pid = 1;
  wraps = true;

  postMessage(message: unknown): void {
    later(message, (copy) => this.other?.emit('message', this.other.wraps ? { data: copy } : copy));
  }

  start(): void {}
}

function portPair(): [PortEnd, PortEnd] {
  const pair: [PortEnd, PortEnd] = [new PortEnd(), new PortEnd()];
  [pair[0].other, pair[1].other] = [pair[1], pair[0]];
  return pair;
}

test("sessions run over the main process's ports, and callers are told when one closes", async (t) => {
  const [here, there] = portPair();
  const channel = new EchoChannel(messagePortMainTransport(here));
  new EchoChannel(messagePortMainTransport(there));
  t.is(await echo(channel, 1), 1);
  const waiting = channel.startSession('b', { action: 'wait' });
  here.emit('close');
  await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_PEER_DISCONNECTED' });
});

test('sessions run between the main process and a utility process, whose end is noticed', async (t) => {
  const [child, parentPort] = portPair();
  child.wraps = false;
  const main = new EchoChannel(utilityProcessTransport(child));
  const utility = new EchoChannel(parentPortTransport(parentPort));
  t.is(await echo(main, 1), 1);
  t.is(await echo(utility, 2), 2);
  const waiting = main.startSession('b', { action: 'wait' });
  child.emit('exit', 9);
  await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_PEER_DIED', message: /9/ });
});
