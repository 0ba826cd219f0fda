// A protocol, one interface for each direction: both ends infer from it, and what is not in it does not compile.
import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { parentPort, Worker as Thread, MessageChannel as ThreadPorts } from 'node:worker_threads';
import { createPSCAdapter } from 'psc-native';
import {
  Channel,
  ChannelSyncAdapter,
  LOG,
  portTransport,
  Session,
  type SessionInit,
  type Stream,
  webSocketTransport,
} from 'psc-native/session';

interface Question {
  text: string;
}

interface ToPlugin {
  greet: { name: string };
  ask(question: Question): { answer: string };
  ping(): number;
  search(query: string): Stream<{ hit: number }, { total: number }>;
  upload(name: string, items: Stream<Uint8Array>): { bytes: number };
}

interface ToEngine {
  confirm(text: string): boolean;
  note: string;
}

class EngineSession extends Session<ToEngine, ToPlugin> {
  protected initializeListeners() {
    super.initializeListeners();
    this.setListener('confirm', (text) => text.length > 0);
    this.setListener('note', (text, message) => {
      const same: string = message.payload;
      this.forwardMessageToParent(message);
      void [text.toUpperCase(), same];
    });
    this.setListener(LOG, ({ level, message }) => `${level} ${message}`);
    // @ts-expect-error: there is no such action.
    this.setListener('unheard of', () => {});
    // @ts-expect-error: the result is a boolean.
    this.setListener('confirm', () => 'yes');
    // @ts-expect-error: the payload is a string.
    this.setListener('note', (text: number) => text);
  }
}

class EngineChannel extends Channel<EngineSession> {
  protected createSession(init: SessionInit) {
    return new EngineSession(init, this.implement);
  }
}

class PluginSession extends Session<ToPlugin, ToEngine> {
  protected initializeListeners() {
    super.initializeListeners();
    this.setListener('greet', ({ name }) => void name.length);
    this.setListener('ask', async ({ text }) => ({ answer: text }));
    this.setListener('ping', () => 1);
    this.setListener('search', async function* (query) {
      yield { hit: query.length };
      return { total: 1 };
    });
    this.setListener('upload', async (name, { items }) => {
      let bytes = name.length;
      for await (const item of items) bytes += item.byteLength;
      return { bytes };
    });
    // @ts-expect-error: the items are of another type.
    this.setListener('search', async function* () {
      yield 'hit';
      return { total: 1 };
    });
    // @ts-expect-error: the result is missing.
    this.setListener('ask', () => {});
    this.send({ action: 'note', payload: 'text' });
    // @ts-expect-error: the payload is a string.
    this.send({ action: 'note', payload: 1 });
    // @ts-expect-error: the other direction has no such action.
    this.send({ action: 'ask', payload: { text: '' } });
  }
}

const channel = new EngineChannel(fork('plugin.mjs'));
const answer: { answer: string } = await channel.startSession('a', {
  action: 'ask',
  payload: { text: '?' },
});
const pong: number = await channel.startSession('b', { action: 'ping' });
const search = channel.startSession('c', { action: 'search', payload: 'q' });
for await (const { hit } of search.items) hit.toFixed();
const { total }: { total: number } = await search;
search.session.cancel();
search.session.send({ action: 'greet', payload: { name: 'n' } });
const items = [new Uint8Array(1)];
const upload = channel.startSession(search.session, { action: 'upload', payload: 'n' }, { items });
const { bytes }: { bytes: number } = await upload;
void [answer, pong, total, bytes];

// @ts-expect-error: there is no such action.
channel.startSession('d', { action: 'unheard of' });
// @ts-expect-error: the payload is missing.
channel.startSession('d', { action: 'ask' });
// @ts-expect-error: the payload has another type.
channel.startSession('d', { action: 'ask', payload: { text: 1 } });
// @ts-expect-error: the result has another type.
const wrong: string = await channel.startSession('d', { action: 'ping' });
// @ts-expect-error: the items have another type.
channel.startSession('d', { action: 'upload', payload: 'n' }, { items: ['text'] });
// @ts-expect-error: a parent is a session.
channel.startSession({}, { action: 'ping' });
void wrong;

// Without a protocol anything goes out, and nothing is known of what comes back.
const loose = new Channel(process);
const unknown: unknown = await loose.startSession('e', { action: 'anything', payload: 1 });
loose.startSession('e', { action: 'anything' }).session.send({ action: 'more', payload: {} });
void unknown;
// @ts-expect-error: nothing is known of it.
const known: string = await loose.startSession('e', { action: 'anything' });
void known;

// What is sent may be described by messages as well.
type Sent = { action: 'a'; payload: number } | { action: 'b'; payload: string };
class MessageSession extends Session<{ x: number }, Sent> {
  sendBoth() {
    this.send({ action: 'a', payload: 1 });
    this.send({ action: 'b', payload: 'text' });
    // @ts-expect-error: that is a's payload.
    this.send({ action: 'b', payload: 1 });
  }
}
void [MessageSession, PluginSession];

// What can communicate is passed as it is, or by a transport.
const child: ChildProcess = fork('plugin.mjs');
for (const implement of [child, process, cluster.fork()]) new Channel(implement, { name: 'n' });
const { port1 } = new ThreadPorts();
for (const port of [port1, new Thread('thread.mjs')]) new Channel(portTransport(port));
if (parentPort !== null) new Channel(portTransport(parentPort));
declare const socket: {
  readyState: number;
  send(data: string | ArrayBuffer): void;
  addEventListener(type: 'open' | 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: string, listener: (event: object) => void): void;
};
new Channel(webSocketTransport(socket));
createPSCAdapter(ChannelSyncAdapter(channel));
// @ts-expect-error: a session needs what only a channel can give.
new Session({ sessionId: 'a', parent: undefined }, process);
