import test, { type ExecutionContext } from 'ava';
import { Channel, type PSCError, Session, type SessionInit } from '../ts/session';
import { type LocalEnd, localPair, openPlugin } from './helpers/channels';
import { counts } from './helpers/counts';
import { seeded } from './helpers/random';
import { until, within } from './helpers/until';

// Whatever arrives: foreign messages are left alone, malformed ones are reported, nothing is thrown at the transport.

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

function open(t: ExecutionContext) {
  const [here, there] = localPair();
  const errors: PSCError[] = [];
  const channel = new EchoChannel(here, {
    onProtocolError(error) {
      errors.push(error);
      throw new Error('a handler that throws');
    },
  });
  const uncaught = (error: unknown) => t.fail(`uncaught: ${error}`);
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  t.teardown(() => {
    process.off('uncaughtException', uncaught);
    process.off('unhandledRejection', uncaught);
  });
  return {
    channel,
    here,
    there,
    errors,
    receive: (message: unknown) => here.emit('message', message),
  };
}

/** Every answer that went out. */
const answers = (end: LocalEnd) => end.sent.splice(0) as { type: string; sessionId: string }[];

const FOREIGN: unknown[] = [
  undefined,
  null,
  0,
  'text',
  true,
  Symbol('s'),
  () => {},
  [],
  [1, 2],
  {},
  { sessionId: 'a', action: 'echo', payload: 1 },
  { type: 'open', sessionId: 'a' },
  { jsonrpc: '2.0', id: 1, method: 'echo', params: [] },
  { t: 'q', i: 'id', m: 'echo', a: [] },
  { cmd: 'NODE_CLUSTER', act: 'online' },
  { pscSession: 1, channel: 'another', type: 'open', sessionId: 'a', action: 'echo' },
  Object.create({ pscSession: 1, type: 'open', sessionId: 'a', action: 'echo' }),
  JSON.parse(
    '{"__proto__": {"pscSession": 1, "type": "open", "sessionId": "a", "action": "echo"}}',
  ),
];

test('messages of others on the same transport are left alone', async (t) => {
  const { here, errors, channel, receive } = open(t);
  for (const message of FOREIGN) receive(message);
  await new Promise(setImmediate);
  t.deepEqual(errors, []);
  t.deepEqual(here.sent, []);
  t.is(channel.openSessions, 0);
});

const frame = (rest: object) => ({ pscSession: 1, sessionId: 'a', ...rest });
const MALFORMED: unknown[] = [
  { pscSession: 1 },
  { pscSession: 1, sessionId: 1, type: 'open', action: 'echo' },
  { pscSession: '1', sessionId: 'a', type: 'open', action: 'echo' },
  { pscSession: null, sessionId: 'a', type: 'open', action: 'echo' },
  frame({}),
  frame({ type: 'toString' }),
  frame({ type: '__proto__' }),
  frame({ type: 'constructor' }),
  frame({ type: 'open' }),
  frame({ type: 'open', action: 1 }),
  frame({ type: 'open', action: 'echo', path: 'p' }),
  frame({ type: 'open', action: 'echo', path: [1] }),
  frame({ type: 'open', action: 'echo', path: Array(5000).fill('p') }),
  frame({ type: 'open', action: 'echo', timeLeft: -1 }),
  frame({ type: 'open', action: 'echo', timeLeft: Number.NaN }),
  frame({ type: 'open', action: 'echo', timeLeft: '5' }),
  frame({ type: 'message' }),
  frame({ type: 'finish', error: 'text' }),
  frame({ type: 'credit', count: 0 }),
  frame({ type: 'credit', count: 1.5 }),
  frame({ type: 'credit', count: Number.POSITIVE_INFINITY }),
  frame({ type: 'refuse' }),
  frame({ type: 'cache' }),
  {
    pscSession: 1,
    get sessionId() {
      throw new Error('a getter that throws');
    },
  },
];

test('malformed messages are reported one by one, and whoever waits for them is told', async (t) => {
  const { here, errors, channel, receive } = open(t);
  for (const message of MALFORMED) {
    receive(message);
    t.is(errors.splice(0).length, 1, `message ${MALFORMED.indexOf(message)}`);
    for (const { type, sessionId } of answers(here))
      t.deepEqual({ type, sessionId }, { type: 'finish', sessionId: 'a' });
  }
  t.is(channel.openSessions, 0);
  const call = channel.startSession('a', { action: 'x' });
  receive(frame({ type: 'message' }));
  await t.throwsAsync(call, { code: 'ERR_PSC_PROTOCOL' });
});

test('an unknown version is refused politely, and a refusal is not refused', async (t) => {
  const { here, errors, channel, receive } = open(t);
  receive({ pscSession: 2, type: 'open', sessionId: 'a', action: 'echo' });
  t.deepEqual(answers(here) as unknown[], [
    { pscSession: 1, type: 'refuse', sessionId: 'a', versions: [1] },
  ]);
  t.is(errors.splice(0)[0]?.code, 'ERR_PSC_PROTOCOL_VERSION');
  const call = channel.startSession('b', { action: 'x' });
  here.sent.length = 0;
  receive({ pscSession: 9, type: 'refuse', sessionId: 'b', versions: [9] });
  const error = await t.throwsAsync(call, { code: 'ERR_PSC_PROTOCOL_VERSION' });
  t.regex(error?.message ?? '', /version 9 .* 1/);
  receive({ pscSession: 9, type: 'refuse', sessionId: 'nobody', versions: [{}] });
  t.deepEqual(here.sent, []);
});

test('keys of prototypes are ordinary names', async (t) => {
  const { here, errors, receive } = open(t);
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    receive({
      pscSession: 1,
      type: 'open',
      sessionId: name,
      action: name,
      payload: { __proto__: null },
    });
    const [answer] = answers(here) as unknown as { error: { code: string } }[];
    t.is(answer?.error.code, 'ERR_PSC_UNKNOWN_ACTION');
  }
  const payload = JSON.parse('{"__proto__": {"polluted": true}}');
  receive({ pscSession: 1, type: 'open', sessionId: 'a', action: 'echo', payload });
  t.is(({} as { polluted?: boolean }).polluted, undefined);
  t.deepEqual(errors, []);
});

test('errors that were tampered with arrive as errors all the same', async (t) => {
  const { channel, receive } = open(t);
  const wrong: unknown[] = [
    {},
    [],
    { name: 1, message: {}, code: [], stack: 5, path: 'p', cause: 'c' },
    { message: 'm', path: [{}], cause: { error: null } },
    { message: 'm', path: ['a'], cause: { error: { message: Object.create(null) } } },
  ];
  for (const error of wrong) {
    const call = channel.startSession('a', { action: 'x' });
    receive(frame({ type: 'finish', error }));
    await t.throwsAsync(call);
  }
  t.is(channel.openSessions, 0);
});

test('random frames leave nothing open that was not asked for, and calls go on', async (t) => {
  const { there, channel, receive } = open(t);
  const other = new EchoChannel(there);
  const next = seeded(7);
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T;
  const types = [
    'open',
    'message',
    'finish',
    'item',
    'credit',
    'end',
    'stop',
    'ask',
    'gone',
    'refuse',
    'cache',
    'other',
  ];
  const odd = [undefined, null, -1, 1, 'echo', 'wait', [], ['a'], {}, { message: 'm' }, Number.NaN];
  for (let n = 0; n < counts(5000, 200_000); n += 1) {
    receive({
      pscSession: pick([1, 1, 1, 1, 2, 'x']),
      sessionId: pick(['a', 'b', 'c', 1]),
      type: pick(types),
      action: pick(odd),
      payload: pick(odd),
      path: pick([undefined, undefined, pick(odd)]),
      timeLeft: pick([undefined, 1, pick(odd)]),
      error: pick([undefined, pick(odd)]),
      count: pick(odd),
      versions: pick(odd),
      event: pick(odd),
    });
  }
  await until('what it opened is over', async () => {
    for (const sessionId of ['a', 'b', 'c'])
      receive({ pscSession: 1, type: 'finish', sessionId, result: 1 });
    return channel.openSessions === 0;
  });
  t.is(await within('a call', channel.startSession('x', { action: 'echo', payload: 5 })), 5);
  void other;
});

test('messages of 100 MB pass, also those of others', async (t) => {
  t.timeout(120_000);
  const megabytes = counts(10, 100);
  const text = 'x'.repeat(megabytes * 2 ** 20);
  const { channel, child } = await openPlugin(t);
  child.send({ foreign: text });
  child.send({ pscSession: 1, sessionId: 'a', type: text });
  const back = await channel.startSession('b', { action: 'echo', payload: text });
  t.is((back as string).length, text.length);
});

test('two channels of different names share a transport', async (t) => {
  const [here, there] = localPair();
  const names = ['one', undefined, 'two'];
  const channels = names.map((name) => new Channel(here, { name }));
  for (const name of names) new EchoChannel(there, { name });
  const calls = channels.map((channel, payload) =>
    channel.startSession('a', { action: 'echo', payload }),
  );
  t.deepEqual(await Promise.all(calls), [0, 1, 2]);
});

test('what was sent before the other end had a channel is sent again, and done once', async (t) => {
  const [here, there] = localPair();
  // As a cluster worker does: something listens already, and what it hears is lost.
  there.on('message', () => {});
  const channel = new Channel(here);
  const call = channel.startSession('a', { action: 'echo', payload: 1 });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  new EchoChannel(there);
  t.is(await within('the answer', call), 1);
  t.deepEqual(here.types, ['open', 'ask', 'open']);
});

test('what a replaced channel may have done is not done again', async (t) => {
  const [here, there] = localPair();
  const channel = new Channel(here);
  const first = new EchoChannel(there);
  t.is(await channel.startSession('a', { action: 'echo', payload: 1 }), 1);
  const waiting = channel.startSession('b', { action: 'wait' });
  await until('it waits', () => first.openSessions === 1);
  // As a page that was loaded anew.
  there.removeAllListeners();
  new EchoChannel({ on: there.on.bind(there), send: there.send.bind(there) });
  await t.throwsAsync(within('it rejects', waiting), { code: 'ERR_PSC_SESSION_FINISHED' });
  t.is(await channel.startSession('c', { action: 'echo', payload: 2 }), 2);
});
