// A window's side of the measurements: the cache, and beside it the least that Electron's IPC needs for the same.

import { contextBridge, ipcRenderer } from 'electron';
import { CHANNELS } from '../../ts/electron/channels';
import { pack } from '../../ts/electron/wire';
import { carry, readsText } from '../../ts/mirror/carried';
import { createPSCAdapter, ElectronSyncAdapter, serveRenderer } from '../../ts/preload';

serveRenderer(ipcRenderer);

const waiting = new Map();

function arrival(name) {
  return new Promise((resolve) => waiting.set(name, resolve));
}

function arrived(name) {
  waiting.get(name)?.();
  waiting.delete(name);
}

/** The transport of a window, which also says when a foreign change of a key has reached the mirror. */
function observed(onForeign) {
  const inner = ElectronSyncAdapter(ipcRenderer);
  let own;
  return {
    send(event) {
      own = event.senderID;
      return inner.send(event);
    },
    receive(handler) {
      const observer = (event) => {
        handler(event);
        if (event.type === 'set' && event.senderID !== own) onForeign(event.key);
      };
      // It does not look at values, so that none has to be shown.
      readsText(observer);
      inner.receive(observer);
    },
  };
}

const senderID = crypto.randomUUID();
const adapters = {
  // What it sets concerns no other window.
  alone: createPSCAdapter(ElectronSyncAdapter(ipcRenderer), undefined, { scope: senderID }),
  // The other window has a mirror of it, too.
  shared: createPSCAdapter(ElectronSyncAdapter(ipcRenderer), undefined, { scope: 'shared' }),
};
let write = 1;
let missing = 0;

/** Resolves when so many events have been told. */
function arrivals(count) {
  missing = count;
  return arrival('all');
}

function counted() {
  missing -= 1;
  if (missing === 0) arrived('all');
}

const played = { value: undefined };
const pingPong = createPSCAdapter(
  observed((key) => {
    if (key === 'ping') void pingPong.set('pong', played.value);
    else arrived('pong');
  }),
  undefined,
  { scope: 'ping-pong' },
);

ipcRenderer.on('relayed', (_, key, payload) => {
  if (key === 'ping') ipcRenderer.send('relay', 'pong', payload);
  else arrived('relayed pong');
});
ipcRenderer.on('relayed-to-all', counted);
ipcRenderer.on(CHANNELS.toClient, (_event, _version, scope) => {
  if (scope === 'both') counted();
});

/** Milliseconds of each of `count` runs, one after the other. */
async function timesOf(count, run) {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const start = performance.now();
    await run(at);
    times.push(performance.now() - start);
  }
  return times;
}

contextBridge.exposeInMainWorld('measure', {
  set(scope, value, count) {
    return timesOf(count, (at) => adapters[scope].set(`key ${at % 100}`, value));
  },
  invoke(payload, count) {
    return timesOf(count, (at) => ipcRenderer.invoke('echo', `key ${at % 100}`, payload));
  },
  play(value) {
    played.value = value;
  },
  ping(value, count) {
    return timesOf(count, () => {
      const pong = arrival('pong');
      void pingPong.set('ping', value);
      return pong;
    });
  },
  relayPing(payload, count) {
    return timesOf(count, () => {
      const pong = arrival('relayed pong');
      ipcRenderer.send('relay', 'ping', payload);
      return pong;
    });
  },
  /** Sends what mirrors send, without one, so that main has the same to do at the same pace as in the relay. */
  async flood(value, count, atOnce) {
    const text = JSON.stringify(value);
    for (let sent = 0; sent < count; sent += atOnce) {
      const told = arrivals(atOnce);
      for (let at = 0; at < atOnce; at += 1) {
        write += 1;
        const event = { scope: 'both', senderID, type: 'set', key: `key ${at}`, write };
        carry(event, { text });
        ipcRenderer.send(CHANNELS.toMain, ...pack(event));
      }
      await told;
    }
  },
  follow() {
    ipcRenderer.send(
      CHANNELS.toMain,
      ...pack({ scope: 'both', senderID, type: 'init', key: '', write: 1 }),
    );
  },
  async relayFlood(value, count, atOnce) {
    const text = JSON.stringify(value);
    for (let sent = 0; sent < count; sent += atOnce) {
      const told = arrivals(atOnce);
      for (let at = 0; at < atOnce; at += 1) ipcRenderer.send('relay-to-all', `key ${at}`, text);
      await told;
    }
  },
});
