import { once } from 'node:events';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { Channel, newSessionId, portTransport, transfer, webSocketTransport } from '../ts/session';
import { forkFixture, openPlugin } from './helpers/channels';
import { SocketDouble } from './helpers/sockets';
import { within } from './helpers/until';

// What sessions run on, beside the IPC of processes that the other files use.

function startThread(t: ExecutionContext, options: ConstructorParameters<typeof Worker>[1] = {}) {
  const thread = new Worker(join(__dirname, 'fixtures/session-thread.mjs'), options);
  t.teardown(() => thread.terminate());
  return thread;
}

test('sessions run between threads, and move what is marked for it', async (t) => {
  const thread = startThread(t);
  const channel = new Channel(portTransport(thread));
  const value = { map: new Map([[1, { date: new Date(0) }]]), big: 1n };
  t.deepEqual(
    await channel.startSession(newSessionId(), { action: 'echo', payload: value }),
    value,
  );
  const bytes = new Uint8Array(1000);
  const payload = transfer(bytes, [bytes.buffer]);
  t.is(await channel.startSession(newSessionId(), { action: 'length', payload }), 1000);
  t.is(bytes.byteLength, 0);
  const made = await channel.startSession(newSessionId(), { action: 'make', payload: 500 });
  t.is((made as Uint8Array).byteLength, 500);
  const unsendable = channel.startSession('f', { action: 'echo', payload: { run() {} } });
  await t.throwsAsync(unsendable, { code: 'ERR_PSC_NOT_SENDABLE', message: /could not be cloned/ });
  t.is(channel.openSessions, 0);
});

for (const [how, message] of [
  ['exit', /exit code 7/],
  ['throw', /nobody catches this/],
  ['terminate', /exit code 1/],
] as const) {
  test(`callers are told when a thread ends like this: ${how}`, async (t) => {
    const thread = startThread(t);
    const channel = new Channel(portTransport(thread));
    await channel.startSession('a', { action: 'echo' });
    const waiting = channel.startSession('b', { action: 'wait' });
    if (how === 'terminate') void thread.terminate();
    else channel.startSession('c', { action: how, payload: 7 }).catch(() => {});
    await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_PEER_DIED', message });
    t.is(thread.listenerCount('message'), 0);
  });
}

test('sessions run over a port of its own, and callers are told when it closes', async (t) => {
  const { port1, port2 } = new MessageChannel();
  startThread(t, { workerData: { port: port1 }, transferList: [port1] });
  const channel = new Channel(portTransport(port2));
  t.is(await channel.startSession('a', { action: 'echo', payload: 1 }), 1);
  const waiting = channel.startSession('b', { action: 'wait' });
  port2.close();
  await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_PEER_DISCONNECTED' });
  const late = channel.startSession('c', { action: 'echo' });
  await t.throwsAsync(late, { code: 'ERR_PSC_PEER_DISCONNECTED' });
});

test("a page's ports are event targets, and have to be started", async (t) => {
  const { port1, port2 } = new MessageChannel();
  const asPage = (port: typeof port1) => ({
    postMessage: (message: unknown, list: never[]) => port.postMessage(message, list),
    addEventListener: (type: string, listener: (event: never) => void) =>
      port.addEventListener(type, listener as never),
    removeEventListener: (type: string, listener: (event: never) => void) =>
      port.removeEventListener(type, listener as never),
    start: () => port.start(),
  });
  const channel = new Channel(portTransport(asPage(port1)));
  const other = new Channel(portTransport(asPage(port2)));
  const call = channel.startSession('a', { action: 'x' });
  await t.throwsAsync(within('it rejects', call), { code: 'ERR_PSC_UNKNOWN_ACTION' });
  channel.close();
  other.close();
  port1.close();
});

test('sessions run between a cluster primary and its worker', async (t) => {
  const primary = forkFixture(t, 'session-cluster');
  const [said] = await within('it says what it saw', once(primary, 'message'));
  t.deepEqual(said, ['worker', 'primary', 'ERR_PSC_PEER_DIED']);
});

test("sessions run over a process's advanced serialization", async (t) => {
  const { channel } = await openPlugin(t, {}, { serialization: 'advanced' });
  const payload = { map: new Map([[1, 2n]]), bytes: new Uint8Array([1, 2]) };
  t.deepEqual(await channel.startSession('a', { action: 'echo', payload }), payload);
});

test('sessions run over a WebSocket, also what was sent while it connected', async (t) => {
  const [here, there] = SocketDouble.pair();
  const channel = new Channel(webSocketTransport(here));
  const other = new Channel(webSocketTransport(there));
  const call = channel.startSession('a', { action: 'x' });
  here.open();
  there.open();
  await t.throwsAsync(within('it rejects', call), { code: 'ERR_PSC_UNKNOWN_ACTION' });
  for (const payload of [1n, () => {}, { deep: Symbol('s') }]) {
    const unsendable = channel.startSession('b', { action: 'x', payload });
    await t.throwsAsync(unsendable, { code: 'ERR_PSC_NOT_SENDABLE' });
  }
  here.receive('no JSON');
  here.receive(new ArrayBuffer(1));
  const waiting = other.startSession('c', { action: 'x' });
  here.close();
  await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_PEER_DISCONNECTED' });
  const late = channel.startSession('d', { action: 'x' });
  await t.throwsAsync(late, { code: 'ERR_PSC_PEER_DISCONNECTED' });
  t.is(here.listenerCount + there.listenerCount, 0);
});
