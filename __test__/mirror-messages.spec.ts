import test, { type ExecutionContext } from 'ava';
import { loadNative, type NativeHub } from '../ts/native';
import { Synchronizer } from '../ts/synchronizer';
import type { SharedCacheEvent } from '../ts/types';
import { ManualRuntime } from './helpers/manualRuntime';
import { ScriptedPeer } from './helpers/scriptedPeer';
import { stateOf } from './helpers/stateOf';

// Messages that overtake each other, one situation at a time (M14, M15). The simulation covers what chance makes of them.

/** How long is waited for what is missing, in ms. */
const PATIENCE = 1000;

class Server {
  readonly runtime = new ManualRuntime();
  readonly told: SharedCacheEvent[] = [];
  synchronizer: Synchronizer;

  constructor(private readonly change: (hub: NativeHub) => void = () => {}) {
    this.synchronizer = this.#start();
  }

  say(message: number, more: Partial<SharedCacheEvent> = {}): void {
    const event = { senderID: 'm', type: 'set', key: 'k', value: message, write: message } as const;
    this.synchronizer.receive({ ...event, message, ...more }, undefined);
  }

  get values(): unknown[] {
    return this.told.filter(({ type }) => type === 'set').map(({ value }) => value);
  }

  /** Puts another one in its place. */
  replace(former?: Synchronizer): void {
    this.synchronizer = this.#start(former);
  }

  #start(former?: Synchronizer): Synchronizer {
    const hub = loadNative().Hub.memory({ maxValueBytes: 100 });
    this.change(hub);
    const parts = { former, runtime: this.runtime };
    return new Synchronizer(hub, (event) => void this.told.push(event), parts);
  }
}

test('M14: the synchronizer takes what a mirror sent in the order in which it was sent, and once', (t) => {
  const server = new Server();
  for (const message of [3, 2, 3, 1, 1, 5, 4]) server.say(message);
  t.deepEqual(server.values, [1, 2, 3, 4, 5]);
  const { applied, duplicates } = server.synchronizer.stats();
  t.deepEqual([applied, duplicates], [5, 2]);
  t.is(server.runtime.timers, 0);
});

test('M14: mirrors, and scopes, do not wait for each other', (t) => {
  const server = new Server();
  server.say(2);
  server.say(1, { senderID: 'other', value: 'other' });
  server.say(1, { scope: 's', value: 'scoped' });
  t.deepEqual(server.values, ['other', 'scoped']);
});

test('M14: what does not come in time is refused from then on, whatever tells so first', (t) => {
  const server = new Server();
  server.say(1);
  server.say(4);
  server.runtime.advance(PATIENCE - 1);
  t.deepEqual(server.values, [1]);
  server.runtime.advance(1);
  t.deepEqual(server.values, [1, 4]);
  const codes = { 2: 'ERR_PSC_OUT_OF_ORDER', 3: 'ERR_PSC_OUT_OF_ORDER' };
  t.like(server.told.at(-1), { ack: { m: 4 }, refused: { m: codes } });
  server.say(3);
  t.deepEqual(server.values, [1, 4]);
  server.say(5);
  t.like(server.told.at(-1), { value: 5, refused: { m: codes } });
  server.runtime.advance(31_000);
  server.say(6);
  t.is(server.told.at(-1)?.refused, undefined);
});

test('M14: what was refused for what it is is told with every acknowledgement, too', (t) => {
  const server = new Server();
  server.say(1, { value: 'x'.repeat(200) });
  server.say(2);
  t.like(server.told.at(-1), { ack: { m: 2 }, refused: { m: { 1: 'ERR_PSC_VALUE_TOO_LARGE' } } });
});

test('M14: what a question says need not come is not waited for', (t) => {
  const server = new Server();
  const question = { type: 'init', key: '', value: undefined } as const;
  server.say(3, { ...question, since: 3 });
  t.is(server.synchronizer.stats().answered, 1);
  server.say(6);
  server.say(9, { ...question, since: 7 });
  t.deepEqual(server.values, [6]);
  server.say(7);
  server.say(8);
  t.deepEqual(server.values, [6, 7, 8]);
  t.is(server.synchronizer.stats().answered, 2);
  t.is(server.runtime.timers, 0);
});

test('M14: a write that is no event, or that the platform refuses, is not settled by later ones', (t) => {
  const server = new Server();
  server.say(1, { value: undefined });
  server.say(2);
  t.like(server.told.at(-1), { ack: { m: 2 }, refused: { m: { 1: 'ERR_PSC_INVALID_EVENT' } } });
  const failing = new Server((hub) => {
    const apply = hub.apply.bind(hub);
    hub.apply = (...args) => {
      if (args[3] === '1') throw new Error('no memory');
      return apply(...args);
    };
  });
  failing.say(1);
  failing.say(2);
  t.like(failing.told.at(-1), { ack: { m: 2 }, refused: { m: { 1: 'ERR_PSC_IO' } } });
});

test('M14: so many messages wait, and no more', (t) => {
  const server = new Server();
  for (let message = 1002; message >= 2; message -= 1) server.say(message);
  t.is(server.values.length, 1001);
  t.is(server.runtime.timers, 0);
});

test('M14: a synchronizer that takes the place of another one in the same process goes on where that was', (t) => {
  const server = new Server();
  for (const message of [1, 2, 4]) server.say(message);
  server.replace(server.synchronizer);
  server.say(2);
  server.say(3);
  t.deepEqual(server.values, [1, 2, 3, 4]);
  server.replace();
  server.say(5);
  t.is(server.values.length, 4);
  server.runtime.advance(PATIENCE);
  t.is(server.values.at(-1), 5);
});

/** A mirror that has joined at position 1 and was told which changes came before others. */
function joined(t: ExecutionContext) {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const tell = (seq: number, key: string, value: unknown, more: Partial<SharedCacheEvent> = {}) =>
    peer.tell({ senderID: 'o', type: 'set', key, value, seq, after: seq - 1, ...more });
  const seen: string[] = [];
  mirror.on('set', ({ key }) => seen.push(key));
  t.teardown(() => mirror.close());
  return { peer, mirror, tell, seen };
}

test('M15: changes that overtook each other are taken in their order, and nothing is asked', (t) => {
  const { peer, mirror, tell, seen } = joined(t);
  tell(4, 'c', 4);
  tell(3, 'b', 3);
  t.deepEqual(seen, []);
  tell(2, 'a', 2);
  t.deepEqual(seen, ['a', 'b', 'c']);
  t.deepEqual([mirror.get('a'), mirror.get('b'), mirror.get('c')], [2, 3, 4]);
  peer.runtime.advance(10_000);
  t.deepEqual(peer.types, ['init']);
});

test('M15: what does not come in time is asked for', (t) => {
  const { peer, mirror, tell } = joined(t);
  tell(3, 'b', 3);
  peer.runtime.advance(PATIENCE - 1);
  t.deepEqual([mirror.get('b'), peer.types], [undefined, ['init']]);
  peer.runtime.advance(1);
  t.is(mirror.get('b'), 3);
  peer.runtime.advance(PATIENCE);
  t.deepEqual(peer.types, ['init', 'init']);
});

test('M15: an own change counts where it is told, by whichever path it comes', (t) => {
  const { peer, mirror, tell, seen } = joined(t);
  void mirror.set('mine', 3);
  tell(3, 'mine', 3, { senderID: peer.id, ack: peer.ack(1) });
  tell(4, 'c', 4);
  t.deepEqual(seen, ['mine']);
  tell(2, 'a', 2);
  t.deepEqual(seen, ['mine', 'a', 'c']);
});

test('M15: where own changes do not come back, nothing waits for them', (t) => {
  const { peer, mirror, tell } = joined(t);
  void mirror.set('mine', 2);
  tell(3, 'b', 3, { ack: peer.ack(1) });
  t.is(mirror.get('b'), 3);
});

test('M5: the chunks of a state may come in any order and twice', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  const chunk = (part: number, more: boolean) => {
    const value = JSON.stringify({ [`k${part}`]: part });
    const whole = { type: 'init', value, seq: 7, write: 1, to: peer.id, part } as const;
    peer.tell(more ? { ...whole, more } : whole);
  };
  chunk(2, false);
  chunk(0, true);
  chunk(0, true);
  t.is(await stateOf(mirror.ready), 'pending');
  chunk(1, true);
  t.is(await stateOf(mirror.ready), 'resolved');
  t.deepEqual([mirror.get('k0'), mirror.get('k1'), mirror.get('k2')], [0, 1, 2]);
});

test('M14: a write that was refused rejects, though what acknowledges others comes first', async (t) => {
  const { peer, mirror, tell } = joined(t);
  const done = [mirror.set('a', 1), mirror.set('b', 2), mirror.increment('n')];
  for (const each of done) (each as Promise<unknown>).catch(() => {});
  const [, first, , third] = peer.sent.map(({ message }) => message as number);
  const codes = {
    [first as number]: 'ERR_PSC_VALUE_TOO_LARGE',
    [third as number]: 'ERR_PSC_OUT_OF_ORDER',
  };
  tell(2, 'b', 2, { senderID: peer.id, ack: peer.ack(2), refused: { [peer.id]: codes } });
  await t.throwsAsync(done[0] as Promise<void>, { code: 'ERR_PSC_VALUE_TOO_LARGE' });
  t.is(await stateOf(done[1] as Promise<void>), 'resolved');
  // Its question was asked again, because a question changes nothing.
  t.is(await stateOf(done[2] as Promise<number>), 'pending');
  t.deepEqual(peer.types, ['init', 'set', 'set', 'init', 'init']);
  // What `a` has is not known here.
  peer.runtime.advance(PATIENCE);
  t.is(peer.types.at(-1), 'init');
});

test('M14: a mirror that was not answered waits for nothing before', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  peer.runtime.advance(2000);
  t.like(peer.sent.at(-1), { type: 'init', message: 2, since: 2 });
  void mirror.set('k', 1);
  peer.runtime.advance(4000);
  t.like(peer.sent.at(-1), { type: 'init', message: 4, since: 3 });
});

test('M15: a key in doubt is asked for until a state as new as the doubt has come', (t) => {
  const { peer, mirror, tell } = joined(t);
  void mirror.set('b', 'mine');
  void mirror.set('c', 1);
  peer.runtime.advance(2000);
  const asked = peer.sent.at(-1) as SharedCacheEvent;
  tell(2, 'b', 'theirs');
  // It settles the first one, too, which was told somewhere between.
  tell(6, 'c', 1, { senderID: peer.id, ack: peer.ack(2) });
  const state = { type: 'init', to: peer.id } as const;
  peer.tell({ ...state, value: '{"b":"theirs"}', seq: 2, write: asked.write });
  peer.runtime.advance(4000);
  const again = peer.sent.at(-1) as SharedCacheEvent;
  t.true(again.type === 'init' && (again.write ?? 0) > (asked.write ?? 0));
  peer.tell({ ...state, value: '{"b":"mine","c":1}', seq: 7, write: again.write });
  t.is(mirror.get('b'), 'mine');
  const { length } = peer.sent;
  peer.runtime.advance(60_000);
  t.is(peer.sent.length, length);
});

test('M6: a mirror that took a late word of a former store for a new one finds back', (t) => {
  const { peer, mirror, tell } = joined(t);
  tell(2, 'a', 'now', { epoch: 2 });
  peer.runtime.advance(2000);
  tell(9, 'a', 'late', { epoch: 1 });
  t.is(mirror.get('a'), 'late');
  peer.runtime.advance(1000);
  const { write } = peer.sent.at(-1) ?? {};
  const answer = { type: 'init', value: '{"a":"now"}', seq: 2, epoch: 2, to: peer.id } as const;
  peer.tell(write === undefined ? answer : { ...answer, write });
  t.is(mirror.get('a'), 'now');
  tell(3, 'a', 'newer', { epoch: 2 });
  t.is(mirror.get('a'), 'newer');
});
