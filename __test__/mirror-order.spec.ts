import test from 'ava';
import { ScriptedPeer } from './helpers/scriptedPeer';
import { stateOf } from './helpers/stateOf';

// How a mirror follows the one order and spares what it wrote itself (M2, M3), one situation at a time. The
// simulation covers what chance makes of them together.

test('M2: a write is settled by its acknowledgement, whoever made the event that carries it', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 1);
  t.is(await stateOf(done), 'pending');
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 2, seq: 3, ack: peer.ack(1) });
  t.is(await stateOf(done), 'resolved');
  t.is(mirror.get('k'), 1);
});

test('M2: what a bus gives back settles nothing and changes nothing', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 1);
  for (const event of [...peer.sent]) peer.tell(event);
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 2, write: 1 });
  t.is(await stateOf(done), 'pending');
  t.is(mirror.get('k'), 1);
});

test('M2: what does not arrive is asked for after a time, once, and then ever less often', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 1);
  peer.runtime.advance(1999);
  t.deepEqual(peer.types, ['init', 'set']);
  peer.runtime.advance(1);
  t.deepEqual(peer.types, ['init', 'set', 'init']);
  t.deepEqual(
    peer.sent.map(({ write }) => write),
    [1, 2, 3],
  );
  peer.tell({ type: 'init', value: '{"k":1}', seq: 2, ack: peer.ack(1), to: peer.id });
  t.is(await stateOf(done), 'resolved');
  t.is(peer.runtime.timers, 0);
  void mirror.set('k', 2);
  peer.runtime.advance(120_000);
  const questions = peer.types.filter((type) => type === 'init').length - 2;
  t.true(questions >= 4 && questions <= 7, `${questions} questions in two minutes`);
});

test('M2: with own events not broadcast, a foreign change that may be older is not believed', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  void mirror.set('k', 'mine');
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 'older', seq: 2 });
  // Position 3 was the own write, whose event never came.
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 1, seq: 4, ack: peer.ack(1) });
  t.is(mirror.get('k'), 'mine');
  peer.runtime.advance(2000);
  t.is(peer.types.filter((type) => type === 'init').length, 2);
});

test('M2: an own echo that comes faster hides no foreign change of another key', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  void mirror.set('k', 'mine');
  peer.tell({
    senderID: peer.id,
    type: 'set',
    key: 'k',
    value: 'mine',
    seq: 9,
    ack: peer.ack(1),
  });
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 'older', seq: 7 });
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 'late', seq: 8 });
  t.is(mirror.get('k'), 'mine');
  t.is(mirror.get('x'), 'late');
});

test('M2: an event that comes twice is applied once', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const first = { senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 } as const;
  peer.tell(first);
  peer.tell({ ...first, value: 2, seq: 3 });
  peer.tell(first);
  t.is(mirror.get('k'), 2);
  peer.runtime.advance(10_000);
  t.deepEqual(peer.types, ['init']);
});

test('M2: over a transport that strips unknown fields the own echo settles, in order', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  peer.tell({ type: 'init', value: '{}' });
  const writes = [mirror.set('k', 1), mirror.set('k', 2)];
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 'foreign' });
  peer.tell({ senderID: peer.id, type: 'set', key: 'k', value: 1 });
  t.deepEqual(await Promise.all(writes.map(stateOf)), ['resolved', 'pending']);
  t.is(mirror.get('k'), 2);
  peer.tell({ senderID: peer.id, type: 'set', key: 'k', value: 2 });
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 'later' });
  t.is(mirror.get('k'), 'later');
});

test('M2: a synchronizer of @alova/psc that keeps unknown fields is recognised by asking', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  peer.tell({ type: 'init', value: '{}' });
  const done = mirror.set('k', 1);
  peer.tell(peer.sent[1] as never);
  t.is(await stateOf(done), 'pending');
  peer.runtime.advance(250);
  t.deepEqual(peer.types, ['init', 'set', 'init']);
  peer.tell({ type: 'init', value: '{"k":1}' });
  t.is(await stateOf(done), 'resolved');
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 2 });
  t.is(mirror.get('x'), 2);
});

test('M2: the first event with a position ends the way of @alova/psc, and a question clears up', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  peer.tell({ type: 'init', value: '{"k":1}' });
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 2 });
  t.is(mirror.get('k'), 2);
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 3, seq: 1 });
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 4 });
  t.is(mirror.get('k'), 3);
  peer.runtime.advance(250);
  t.deepEqual(peer.types, ['init', 'init']);
});

test('M3: pending is a count: a key with two writes is spared until both are settled', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  void mirror.set('k', 1);
  void mirror.set('k', 2);
  peer.tell({ senderID: peer.id, type: 'set', key: 'k', value: 1, seq: 2, ack: peer.ack(1) });
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 'between', seq: 3 });
  t.is(mirror.get('k'), 2);
  peer.tell({ senderID: peer.id, type: 'set', key: 'k', value: 2, seq: 4, ack: peer.ack(2) });
  t.is(mirror.get('k'), 2);
});

test('M3: what others did later than the own write holds when that is settled', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  void mirror.set('k', 'mine');
  peer.tell({
    senderID: 'other',
    type: 'set',
    key: 'k',
    value: 'later',
    seq: 3,
    ack: peer.ack(1),
  });
  t.is(mirror.get('k'), 'later');
});

test('M3: a foreign clear spares pending keys and removes the others', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  peer.tell({ senderID: 'other', type: 'set', key: 'x', value: 1, seq: 2 });
  void mirror.set('k', 'mine');
  peer.tell({ senderID: 'other', type: 'clear', seq: 3 });
  t.is(mirror.get('x'), undefined);
  t.is(mirror.get('k'), 'mine');
});

test('M3: a pending clear makes the whole scope pending', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  void mirror.clear();
  peer.tell({ senderID: 'other', type: 'set', key: 'before', value: 1, seq: 2 });
  t.is(mirror.get('before'), undefined);
  peer.tell({ senderID: peer.id, type: 'clear', seq: 3, ack: peer.ack(1) });
  t.is(mirror.get('before'), undefined);
  peer.tell({ senderID: 'other', type: 'set', key: 'after', value: 1, seq: 4 });
  t.is(mirror.get('after'), 1);
});
