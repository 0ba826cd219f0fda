import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import type { PSCError } from '../ts/errors';
import {
  Channel,
  type ChannelOptions,
  ChannelSyncAdapter,
  newSessionId,
  Session,
  type SessionInit,
  type SocketLike,
  webSocketTransport,
} from '../ts/session';
import type { PSCChange } from '../ts/types';
import { psc } from './helpers/built';
import { forkFixture } from './helpers/channels';
import { until, within } from './helpers/until';

// Sessions over real sockets: a server of `ws`, and as clients that of `ws` and, where Node has one, a page's.

class Peer extends Session {
  protected override initializeListeners(): void {
    super.initializeListeners();
    this.setListener('echo', (value) => value);
    this.setListener('wait', () => new Promise(() => {}));
    this.setListener('count', async function* (to) {
      for (let n = 0; n < (to as number); n += 1) yield n;
      return 'counted';
    });
    this.setListener('sum', async (_, { items }) => {
      let sum = 0;
      for await (const item of items) sum += item as number;
      return sum;
    });
    this.setListener('log', (text) => this.log(text as string));
  }
}

class PeerChannel extends Channel<Peer> {
  protected override createSession(init: SessionInit): Peer {
    return new Peer(init, this.implement);
  }
}

type MakeClient = (url: string) => SocketLike & { close(): void };

const page = (globalThis as { WebSocket?: new (url: string) => ReturnType<MakeClient> }).WebSocket;
const CLIENTS: readonly (readonly [name: string, make: MakeClient])[] = [
  ['ws', (url) => new WebSocket(url)],
  ...(page === undefined ? [] : [['page', (url: string) => new page(url)] as const]),
];

async function listen(t: ExecutionContext, options: ServerOptions = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `ws://127.0.0.1:${port}` };
}

/** A client and its server, each with a channel. */
async function connect(
  t: ExecutionContext,
  make: MakeClient = (url) => new WebSocket(url),
  serverOptions?: ServerOptions,
  options: ChannelOptions = {},
) {
  const { server, url } = await listen(t, serverOptions);
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const there = make(url);
  t.teardown(() => there.close());
  const client = new PeerChannel(webSocketTransport(there));
  const early = client.startSession('early', { action: 'echo', payload: 'sent while it connects' });
  const [here] = await within('it connects', accepted);
  const channel = new PeerChannel(webSocketTransport(here), options);
  t.is(await within('it answers', early), 'sent while it connects');
  return { here, there, channel, client };
}

const call = (channel: Channel, action: string, payload?: unknown) =>
  within(action, channel.startSession(newSessionId(), { action, payload }));

const gone = (t: ExecutionContext, promise: Promise<unknown>) =>
  t.throwsAsync(within('it rejects', promise), { code: 'ERR_PSC_PEER_DISCONNECTED' });

for (const [name, make] of CLIENTS) {
  test(`${name}: sessions run both ways, with logs, streams and errors`, async (t) => {
    const logs: string[] = [];
    const onLog: ChannelOptions['onLog'] = ({ message }) => logs.push(message);
    const { channel, client } = await connect(t, make, undefined, { onLog });
    for (const [n, each] of [channel, client].entries()) {
      t.is(await call(each, 'echo', n), n);
      await t.throwsAsync(call(each, 'nothing such'), { code: 'ERR_PSC_UNKNOWN_ACTION' });
      await t.throwsAsync(call(each, 'echo', 1n), { code: 'ERR_PSC_NOT_SENDABLE' });
      const counting = each.startSession('counts', { action: 'count', payload: 100 });
      const counted: unknown[] = [];
      for await (const item of counting.items) counted.push(item);
      t.deepEqual([counted.length, counted[99], await counting], [100, 99, 'counted']);
      const items = Array.from({ length: 100 }, (_, item) => item);
      const sum = each.startSession('sums', { action: 'sum' }, { items });
      t.is(await within('the sum', sum), 4950);
      t.is(each.openSessions, 0);
    }
    await call(channel, 'log', 'from the client');
    t.deepEqual(logs, ['from the client']);
  });

  test(`${name}: a message of many megabytes arrives whole, and many at once in order`, async (t) => {
    const { channel, client } = await connect(t, make);
    const text = randomBytes(8 * 1024 * 1024).toString('base64');
    t.true((await call(channel, 'echo', text)) === text);
    t.true((await call(client, 'echo', text)) === text);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => call(n % 2 === 0 ? channel : client, 'echo', n)),
    );
    t.deepEqual(
      answers,
      answers.map((_, n) => n),
    );
  });

  for (const end of ['server', 'client'] as const) {
    test(`${name}: callers at both ends are told when the ${end} closes the socket`, async (t) => {
      const { here, there, channel, client } = await connect(t, make);
      const waiting = [channel, client].map((each) =>
        each.startSession(newSessionId(), { action: 'wait' }),
      );
      await Promise.all([call(channel, 'echo'), call(client, 'echo')]);
      (end === 'server' ? here : there).close();
      // What is sent while it closes is refused, too.
      const late = (end === 'server' ? channel : client).startSession('late', { action: 'echo' });
      await Promise.all([...waiting, late].map((each) => gone(t, each)));
      await gone(t, channel.startSession('too late', { action: 'echo' }));
      t.true(channel.isClosed && client.isClosed);
    });
  }

  test(`${name}: a channel that closes leaves its socket open, and nothing on it`, async (t) => {
    const { here, there, channel, client } = await connect(t, make);
    const before = here.listenerCount('message');
    const waiting = channel.startSession('w', { action: 'wait' });
    client.close();
    await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_CHANNEL_CLOSED' });
    t.is(here.readyState, WebSocket.OPEN);
    const again = new PeerChannel(webSocketTransport(there));
    await within(
      'it answers again',
      until('it does', () => call(channel, 'echo', 1).catch(() => 0)),
    );
    t.is(await call(again, 'echo', 2), 2);
    channel.close();
    t.is(here.listenerCount('message'), before - 1);
  });
}

test('garbage on the wire ends nothing: what is ours and malformed is reported, the rest left alone', async (t) => {
  const reported: string[] = [];
  const onProtocolError = (error: PSCError) => reported.push(error.code);
  const { there, channel, client } = await connect(t, undefined, undefined, { onProtocolError });
  const raw = there as WebSocket;
  const waiting = channel.startSession('w', { action: 'wait' });
  const foreign = ['', 'no JSON', '{', 'null', '1', '"text"', '[]', '{}', '{"type":"open"}'];
  for (const text of [...foreign, '{"__proto__":{"pscSession":1}}']) raw.send(text);
  for (const size of [0, 1, 1000]) raw.send(randomBytes(size));
  raw.send(JSON.stringify({ pscSession: 1, sessionId: '', type: 'open', action: 'echo' }), {
    binary: true,
  });
  raw.ping();
  t.is(await call(client, 'echo', 1), 1);
  t.deepEqual(reported, []);
  const ours = [
    { sessionId: 7, type: 'open' },
    { sessionId: 'x', type: 'toString' },
    { sessionId: '__proto__', type: 'open', action: 7 },
    { sessionId: 'x', type: 'open', action: 'echo', path: [1] },
    { sessionId: '', type: 'cache', event: 1 },
    { sessionId: 'x', type: 'credit', count: -1 },
  ];
  for (const frame of ours) raw.send(JSON.stringify({ pscSession: 1, ...frame }));
  raw.send('{"pscSession":99,"sessionId":"x","type":"open"}');
  t.is(await call(client, 'echo', 2), 2);
  t.deepEqual(reported, [...ours.map(() => 'ERR_PSC_PROTOCOL'), 'ERR_PSC_PROTOCOL_VERSION']);
  t.false(waiting.session.isFinished);
  waiting.session.cancel();
});

test('a message that the server finds too large, or cannot read, ends the socket and no process', async (t) => {
  for (const [what, send] of [
    ['too large', (client: PeerChannel) => call(client, 'echo', 'x'.repeat(2000))],
    [
      'no WebSocket',
      (client: PeerChannel, socket: WebSocket) => {
        const { _socket: tcp } = socket as unknown as { _socket: { write(data: Buffer): void } };
        tcp.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
        return call(client, 'wait');
      },
    ],
  ] as const) {
    const { there, channel, client } = await connect(t, undefined, { maxPayload: 1000 });
    const waiting = channel.startSession('w', { action: 'wait' });
    await gone(t, send(client, there as WebSocket));
    await gone(t, waiting);
    t.is(channel.openSessions + client.openSessions, 0, what);
  }
});

test('callers are told at once of a client that vanishes: its socket, or its process', async (t) => {
  const { there, channel } = await connect(t);
  const waiting = Array.from({ length: 100 }, () =>
    channel.startSession(newSessionId(), { action: 'wait' }),
  );
  await call(channel, 'echo');
  (there as WebSocket).terminate();
  await Promise.all(waiting.map((each) => gone(t, each)));

  const { server, port } = await listen(t);
  const child = forkFixture(t, 'session-socket');
  child.send(port);
  const [socket] = (await within('it connects', once(server, 'connection'))) as [WebSocket];
  const far = new Channel(webSocketTransport(socket));
  t.is(await call(far, 'echo', 1), 1);
  const late = far.startSession('w', { action: 'wait' });
  await call(far, 'echo');
  child.kill('SIGKILL');
  await gone(t, late);
  t.is(far.openSessions, 0);
});

test('callers are told when there is no server, or it refuses', async (t) => {
  const { server, url } = await listen(t, { verifyClient: () => false });
  const refused = new Channel(webSocketTransport(new WebSocket(url)));
  await gone(t, call(refused, 'echo'));
  server.close();
  await once(server, 'close');
  const alone = new Channel(webSocketTransport(new WebSocket(url)));
  await gone(t, call(alone, 'echo'));
});

test('processes share a cache over sockets to one server, and know which call changed what', async (t) => {
  const { server, port } = await listen(t);
  const sync = ChannelSyncAdapter();
  const synchronizer = psc.createPSCSynchronizer(sync);
  t.teardown(() => synchronizer.close());
  const channels: Channel[] = [];
  for (const child of [forkFixture(t, 'session-socket'), forkFixture(t, 'session-socket')]) {
    child.send(port);
    const [socket] = (await within('it connects', once(server, 'connection'))) as [WebSocket];
    const channel = new Channel(webSocketTransport(socket));
    sync.add(channel);
    channels.push(channel);
    await call(channel, 'ready');
  }
  const [one, two] = channels as [Channel, Channel];
  const near = new WebSocket(`ws://127.0.0.1:${port}`);
  const [accepted] = (await once(server, 'connection')) as [WebSocket];
  sync.add(new Channel(webSocketTransport(accepted)));
  const cache = psc.createPSCAdapter(ChannelSyncAdapter(new Channel(webSocketTransport(near))));
  t.teardown(() => cache.close());
  const heard: PSCChange[] = [];
  cache.on('set', (change) => heard.push(change));
  await within('it joins', cache.ready);
  const set = (channel: Channel, id: string, payload: unknown) =>
    within(id, channel.startSession(id, { action: 'set', payload }));
  await Promise.all([set(one, 'first', ['a', 1]), set(two, 'second', ['b', 2])]);
  await until('all have all', async () => {
    const values = [await call(one, 'get', 'b'), await call(two, 'get', 'a'), cache.get('a')];
    return values.join() === '2,1,1' && heard.length === 2;
  });
  const sessions = heard.map(({ key, session }) => `${key}: ${session}`).sort();
  t.deepEqual(sessions, ['a: first', 'b: second']);
});
