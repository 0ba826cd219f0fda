import test from 'ava';
import { Channel, Session, type SessionError, type SessionInit } from '../ts/session';
import { WINDOW } from '../ts/session/incoming';
import { localPair, openPlugin } from './helpers/channels';
import { until } from './helpers/until';

// Items flow either way, as fast as they are read and no faster.

class Streaming extends Session {
  static produced = 0;
  static ended = 0;

  protected override initializeListeners(): void {
    this.setListener('COUNT', async function* (to) {
      try {
        for (let n = 0; n < (to as number); n += 1) {
          Streaming.produced += 1;
          yield n;
        }
        return 'all';
      } finally {
        Streaming.ended += 1;
      }
    });
    this.setListener('BREAK', async function* () {
      yield 1;
      yield 2;
      throw Object.assign(new Error('the source broke'), { code: 'E_SOURCE' });
    });
    this.setListener('UNSENDABLE', async function* () {
      yield 1;
      yield () => {};
    });
    this.setListener('NEVER', async function* () {
      await new Promise(() => {});
      yield 1;
    });
    this.setListener('DOUBLE', async (_, { items }) => {
      await this.stream(
        (async function* () {
          for await (const item of items) yield (item as number) * 2;
        })(),
      );
      return 'doubled';
    });
    this.setListener('FIRST', async (_, { items }) => {
      for await (const item of items) return item;
      return 'none';
    });
    this.setListener('READ', async (_, { items }) => {
      for await (const item of items) void item;
    });
    this.setListener('IGNORE', () => 'ignored');
    this.setListener('TWICE', async () => {
      void this.stream([1]).catch(() => {});
      await this.stream([2]);
    });
  }
}

class StreamingChannel extends Channel<Streaming> {
  protected override createSession(init: SessionInit): Streaming {
    return new Streaming(init, this.implement);
  }
}

function open() {
  const [here, there] = localPair();
  const channel = new Channel(here);
  const other = new StreamingChannel(there);
  return { channel, other, here, there };
}

async function read(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('items flow to the caller in order, and the result comes last', async (t) => {
  const { channel } = await openPlugin(t);
  const call = channel.startSession('a', { action: 'count', payload: 1000 });
  t.deepEqual(
    await read(call.items),
    Array.from({ length: 1000 }, (_, n) => n),
  );
  t.is(await call, 'counted');
});

test('items flow to the callee', async (t) => {
  const { channel } = await openPlugin(t);
  const items = Array.from({ length: 1000 }, (_, n) => n);
  t.is(await channel.startSession('a', { action: 'sum' }, { items }), 499_500);
});

test('items flow both ways at once', async (t) => {
  const { channel, other } = open();
  const items = Array.from({ length: 500 }, (_, n) => n);
  const call = channel.startSession('a', { action: 'DOUBLE' }, { items });
  t.deepEqual(
    await read(call.items),
    items.map((n) => n * 2),
  );
  t.is(await call, 'doubled');
  t.is(channel.openSessions + other.openSessions, 0);
});

test.serial(
  'nothing is made before it is wanted, and never more than the window ahead',
  async (t) => {
    Streaming.produced = 0;
    Streaming.ended = 0;
    const { channel } = open();
    const call = channel.startSession('a', { action: 'COUNT', payload: 1000 });
    await until('the listener has run', async () => {
      await new Promise(setImmediate);
      return true;
    });
    t.is(Streaming.produced, 0);
    for (let n = 0; n < 100; n += 1) {
      t.deepEqual(await call.items.next(), { done: false, value: n });
      for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
      t.true(Streaming.produced <= n + 1 + WINDOW + 1, `${Streaming.produced} made, ${n} read`);
    }
    call.session.cancel();
    await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
    await until('the source has ended', () => Streaming.ended === 1);
  },
);

test.serial('a reader that has enough ends the source, and gets the result', async (t) => {
  Streaming.ended = 0;
  const { channel } = open();
  const call = channel.startSession('a', { action: 'COUNT', payload: 1_000_000 });
  for await (const item of call.items) if (item === 10) break;
  t.is(await call, undefined);
  t.is(Streaming.ended, 1);
  const upload = channel.startSession('b', { action: 'FIRST' }, { items: [7, 8, 9] });
  t.is(await upload, 7);
});

test('a callee that ignores the items ends their source', async (t) => {
  const { channel } = open();
  let ended = 0;
  async function* source() {
    try {
      for (;;) yield 1;
    } finally {
      ended += 1;
    }
  }
  const items = source();
  await items.next();
  t.is(await channel.startSession('a', { action: 'IGNORE' }, { items }), 'ignored');
  await until('the source has ended', () => ended === 1);
});

test('a source that throws fails the session at both ends, after what came before', async (t) => {
  const { channel } = open();
  const call = channel.startSession('a', { action: 'BREAK' });
  call.catch(() => {});
  const list: unknown[] = [];
  const reading = (async () => {
    for await (const item of call.items) list.push(item);
  })();
  await t.throwsAsync(reading, { code: 'E_SOURCE' });
  await t.throwsAsync(call, { code: 'E_SOURCE' });
  t.deepEqual(list, [1, 2]);
  const items = (function* () {
    yield 1;
    throw Object.assign(new Error('this one broke'), { code: 'E_HERE' });
  })();
  await t.throwsAsync(channel.startSession('b', { action: 'READ' }, { items }), {
    code: 'E_HERE',
  });
});

test('an item that cannot be carried fails the session', async (t) => {
  const { channel } = open();
  const call = channel.startSession('a', { action: 'UNSENDABLE' });
  await t.throwsAsync(read(call.items), { code: 'ERR_PSC_NOT_SENDABLE' });
  await t.throwsAsync(call, { code: 'ERR_PSC_NOT_SENDABLE' });
});

test('a source that never yields does not keep a cancelled session', async (t) => {
  const { channel, other } = open();
  const call = channel.startSession('a', { action: 'NEVER' });
  const reading = read(call.items);
  reading.catch(() => {});
  await until('it is open', () => other.openSessions === 1);
  call.session.cancel();
  await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
  await t.throwsAsync(reading, { code: 'ERR_PSC_CANCELLED' });
  await until('it has ended there', () => other.openSessions === 0);
});

test('a second stream one way is refused', async (t) => {
  const { channel } = open();
  const call = channel.startSession('a', { action: 'TWICE' });
  await t.throwsAsync(call, { code: 'ERR_PSC_INVALID_OPTION' });
});

test('items that nobody asked for fail the session, and are reported', async (t) => {
  const [here, there] = localPair();
  const errors: string[] = [];
  const channel = new Channel(here, { onProtocolError: ({ code }) => errors.push(code) });
  const call = channel.startSession('a', { action: 'x' });
  there.send({ pscSession: 1, type: 'item', sessionId: 'a', item: 1 });
  const error = (await t.throwsAsync(call)) as SessionError;
  t.is(error.code, 'ERR_PSC_PROTOCOL');
  t.deepEqual(errors, ['ERR_PSC_PROTOCOL']);
});
