import test from 'ava';
import { createMirror } from '../ts/mirror/create';
import { ExplicitCacheAdapter } from '../ts/storage/explicit';
import { ManualRuntime } from './helpers/manualRuntime';
import { ScriptedPeer } from './helpers/scriptedPeer';
import { AsyncStorage } from './helpers/storages';

// What the adapter over a mirror promises, whatever the protocol.

test('creating a mirror sends one event, a write one more, and nothing waits afterwards', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror({ scope: 's' });
  t.deepEqual(peer.sent, [
    { scope: 's', senderID: 'mirror-1', type: 'init', key: '', write: 1, message: 1, since: 1 },
  ]);
  peer.tell({ scope: 's', type: 'init', value: '{}' });
  t.is(peer.runtime.timers, 0);
  void mirror.set('k', { a: 1 });
  const { id } = peer;
  const event = { scope: 's', senderID: id, type: 'set', key: 'k', value: { a: 1 } };
  t.deepEqual(peer.sent[1] as unknown, { ...event, write: 2, message: 2 });
  t.is(peer.runtime.timers, 1);
  peer.tell({ ...event, type: 'set', seq: 1, ack: peer.ack(1) });
  t.is(peer.runtime.timers, 0);
  peer.runtime.advance(60_000);
  t.is(peer.sent.length, 2);
});

test('a mirror returns the very object it was given, or a copy if it is told so', async (t) => {
  const value = { list: [1] };
  const shared = new ScriptedPeer().joined();
  void shared.set('k', value);
  t.is(shared.get('k'), value);
  const copying = new ScriptedPeer().joined({ copy: true });
  void copying.set('k', value);
  value.list.push(2);
  t.deepEqual(copying.get('k'), { list: [1] });
  t.not(copying.get('k'), copying.get('k'));
});

test('a value that cannot be encoded rejects with its cause and changes nothing', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const error = await t.throwsAsync(mirror.set('k', cycle), { code: 'ERR_PSC_SERIALIZE' });
  t.true((error as { cause?: unknown }).cause instanceof TypeError);
  for (const value of [undefined, () => {}, Symbol('s'), 1n]) {
    await t.throwsAsync(mirror.set('k', value), { code: 'ERR_PSC_SERIALIZE' });
  }
  t.is(mirror.get('k'), undefined);
  t.deepEqual(peer.types, ['init']);
});

test('a codec of the user carries what JSON cannot, and one that makes bytes is refused', async (t) => {
  const codec = {
    encode: (value: unknown) => JSON.stringify([...(value as Map<string, number>)]),
    decode: (text: string | Uint8Array) => new Map(JSON.parse(text as string)),
  };
  const peer = new ScriptedPeer();
  const mirror = peer.joined({ codec });
  void mirror.set('k', new Map([['a', 1]]));
  t.is(peer.sent[1]?.value, '[["a",1]]');
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: '[["b",2]]', seq: 2 });
  t.deepEqual(mirror.get('x'), new Map([['b', 2]]));
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 'damaged', seq: 3 });
  t.is(mirror.get('x'), undefined);
  const bytes = { ...codec, encode: () => new Uint8Array(1) };
  const binary = new ScriptedPeer().joined({ codec: bytes });
  await t.throwsAsync(binary.set('k', 1), { code: 'ERR_PSC_SERIALIZE' });
  t.throws(() => new ScriptedPeer().mirror({ codec: 'structured' }), {
    code: 'ERR_PSC_INVALID_OPTION',
  });
});

test('a transport that clones more strictly than JSON is given the JSON', (t) => {
  const runtime = new ManualRuntime();
  const sent: unknown[] = [];
  const syncAdapter = {
    send: (event: unknown) => void sent.push(structuredClone(event)),
    receive: () => {},
  };
  const mirror = createMirror(syncAdapter, undefined, {}, runtime);
  void mirror.set('k', { a: 1, run: () => {} });
  t.deepEqual((sent[1] as { value: unknown }).value, { a: 1 });
});

test('an asynchronous storage is given one operation at a time, and own writes read at once', async (t) => {
  const peer = new ScriptedPeer();
  const storage = new AsyncStorage();
  const mirror = peer.joined({}, storage);
  const done = Promise.all([mirror.set('k', 1), mirror.set('k', 2), mirror.remove('x')]);
  t.is(mirror.get('k'), 2);
  peer.tell({ senderID: 'other', type: 'set', key: 'y', value: 1, seq: 5, ack: peer.ack(3) });
  await done;
  t.is(storage.mostRunning, 1);
  t.is(await mirror.get('k'), 2);
  t.is(await mirror.get('y'), 1);
});

test('a storage that throws rejects the write, and nothing is sent', async (t) => {
  const peer = new ScriptedPeer();
  const storage = new ExplicitCacheAdapter();
  const mirror = peer.joined({}, storage);
  storage.set = () => {
    throw new RangeError('full');
  };
  await t.throwsAsync(mirror.set('k', 1), { instanceOf: RangeError });
  t.deepEqual(peer.types, ['init']);
});

test('after close everything says so, and what was pending rejects', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  const done = mirror.set('k', 1);
  mirror.close();
  mirror.close();
  for (const promise of [done, mirror.ready, mirror.set('k', 1), mirror.remove('k')]) {
    await t.throwsAsync(promise, { code: 'ERR_PSC_CLOSED' });
  }
  t.throws(() => mirror.get('k'), { code: 'ERR_PSC_CLOSED' });
  t.is(peer.runtime.timers, 0);
});

test('what is no event is nothing', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const wrong: unknown[] = [
    null,
    'set',
    { type: 'set' },
    { senderID: 'o', type: 'set', key: 1, value: 1, seq: 2 },
    { senderID: 'o', type: 'toString', key: 'k', value: 1, seq: 2 },
    { senderID: 'o', type: 'set', key: 'k', value: 1, seq: -1 },
    { senderID: 'o', type: 'set', key: 'k', value: 1, seq: '2' },
    { senderID: '', type: 'init', key: '', value: 'not JSON' },
    { senderID: '', type: 'init', key: '', value: '[1]' },
  ];
  for (const event of wrong) t.notThrows(() => peer.tell(event as never));
  t.is(mirror.get('k'), undefined);
});

test('keys, scopes and options that cannot work are refused with what to do', async (t) => {
  const { syncAdapter } = new ScriptedPeer();
  const create = (options: unknown, storage?: unknown) => () =>
    createMirror(syncAdapter, storage as never, options as never);
  t.throws(create({ scope: 1 }), { code: 'ERR_PSC_INVALID_SCOPE' });
  for (const options of [
    null,
    { ttl: 0 },
    { ttl: '1' },
    { codec: 'xml' },
    { copy: 1 },
    { memoBytes: -1 },
  ]) {
    t.throws(create(options), { code: 'ERR_PSC_INVALID_OPTION' });
  }
  t.throws(create({}, { get() {} }), { code: 'ERR_PSC_INVALID_OPTION', message: /lru-cache/ });
  t.throws(() => createMirror({} as never), { code: 'ERR_PSC_INVALID_OPTION' });
  const mirror = create({})();
  await t.throwsAsync(mirror.set(1 as never, 1), { code: 'ERR_PSC_INVALID_KEY' });
  t.throws(() => mirror.get(null as never), { code: 'ERR_PSC_INVALID_KEY' });
  mirror.close();
});
