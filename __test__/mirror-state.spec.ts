import test from 'ava';
import { MAX_PENDING_WRITES } from '../ts/mirror/bounds';
import { BoundedStorage } from '../ts/storage/bounded';
import { ExplicitCacheAdapter } from '../ts/storage/explicit';
import { ScriptedPeer } from './helpers/scriptedPeer';
import { stateOf } from './helpers/stateOf';

// What a mirror does when writes are rejected or lost, states come, and entries expire (M4 to M8).

test('M4: a rejected write rejects with its code, and the key reads as the store has it', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 'too large');
  const error = { code: 'ERR_PSC_VALUE_TOO_LARGE', message: 'Value is too large' };
  peer.tell({
    type: 'set',
    key: 'k',
    value: 'held',
    seq: 1,
    write: peer.number(1),
    to: peer.id,
    error,
  });
  await t.throwsAsync(done, { code: 'ERR_PSC_VALUE_TOO_LARGE' });
  t.is(mirror.get('k'), 'held');
});

test('M4: a rejection takes back its own write only', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const writes = [mirror.set('k', 'good'), mirror.set('k', 'bad')];
  const error = { code: 'ERR_PSC_VALUE_TOO_LARGE', message: 'Value is too large' };
  peer.tell({ type: 'remove', key: 'k', seq: 1, write: peer.number(2), to: peer.id, error });
  t.deepEqual(await Promise.all(writes.map(stateOf)), ['pending', 'ERR_PSC_VALUE_TOO_LARGE']);
  t.is(mirror.get('k'), 'good');
  const ack = peer.ack(1);
  peer.tell({ senderID: peer.id, type: 'set', key: 'k', value: 'good', seq: 2, ack });
  t.is(mirror.get('k'), 'good');
});

test('M4: a rejected clear asks for what it had hidden', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 });
  void mirror.clear();
  const error = { code: 'ERR_PSC_TIMEOUT', message: 'No write was possible' };
  peer.tell({
    type: 'remove',
    key: '',
    seq: 2,
    write: peer.number(1),
    ack: peer.ack(1),
    to: peer.id,
    error,
  });
  peer.runtime.advance(250);
  peer.tell({ type: 'init', value: '{"k":1}', seq: 2, ack: peer.ack(1), to: peer.id });
  t.is(mirror.get('k'), 1);
});

test('M5: the answer to another mirror is ignored', async (t) => {
  const waiting = new ScriptedPeer();
  const { ready } = waiting.mirror();
  waiting.tell({ type: 'init', value: '{"k":1}', seq: 5, write: 1, to: 'somebody' });
  t.is(await stateOf(ready), 'pending');
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 });
  peer.tell({ type: 'init', value: '{}', seq: 5, to: 'somebody' });
  peer.tell({ type: 'init', value: '{}' });
  t.is(mirror.get('k'), 1);
});

test('M5: chunks count together, with what changed between them', async (t) => {
  const peer = new ScriptedPeer();
  const storage = new ExplicitCacheAdapter();
  storage.set('private', 1);
  const mirror = peer.mirror({}, storage);
  const answer = { type: 'init', seq: 5, to: peer.id } as const;
  peer.tell({ ...answer, value: '{"a":1,"b":1}', more: true });
  t.is(await stateOf(mirror.ready), 'pending');
  peer.tell({ senderID: 'other', type: 'set', key: 'a', value: 'newer', seq: 6 });
  peer.tell({ ...answer, value: '{"c":1}' });
  peer.tell({ ...answer, value: '{"c":1}' });
  t.is(await stateOf(mirror.ready), 'resolved');
  t.deepEqual(storage.getCache(), { a: 'newer', b: 1, c: 1 });
});

test('M5: a state replaces everything but what is pending', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  void mirror.set('mine', 1);
  void mirror.remove('removed');
  peer.tell({ type: 'init', value: '{"mine":0,"removed":0,"other":0}', seq: 3, to: peer.id });
  t.deepEqual(['mine', 'removed', 'other'].map(mirror.get), [1, undefined, 0]);
});

test('M5: a scope takes no event of another, nor of none', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined({ scope: '' });
  for (const scope of [undefined, 'other']) {
    peer.tell({ scope, senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 });
  }
  t.is(mirror.get('k'), undefined);
  peer.tell({ scope: '', senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 });
  t.is(mirror.get('k'), 1);
});

test('M6: what could not be sent is sent later, in order', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  peer.down = true;
  void mirror.set('k', 1);
  void mirror.set('k', 2);
  peer.down = false;
  peer.runtime.advance(2000);
  const sets = peer.sent.filter(({ type }) => type === 'set');
  t.deepEqual(
    sets.map(({ value, write }) => [value, write]),
    [
      [1, 2],
      [2, 3],
    ],
  );
});

test('M6: a sent write that the synchronizer does not have is rejected, not sent again', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 1);
  peer.runtime.advance(2000);
  peer.tell({ type: 'init', value: '{"k":"newer"}', seq: 7, to: peer.id });
  await t.throwsAsync(done, { code: 'ERR_PSC_TIMEOUT' });
  t.is(mirror.get('k'), 'newer');
  t.deepEqual(peer.types, ['init', 'set', 'init']);
});

test('M6: nothing queues without bound', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  for (let n = 0; n < MAX_PENDING_WRITES; n += 1) void mirror.set('k', n);
  await t.throwsAsync(mirror.set('k', 'one more'), { code: 'ERR_PSC_QUEUE_FULL' });
  t.is(mirror.get('k'), MAX_PENDING_WRITES - 1);
});

test('M6: who waits for a write is told when nobody settles it, and it stays pending', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  const done = mirror.set('k', 1);
  peer.runtime.advance(12_000);
  await t.throwsAsync(done, { code: 'ERR_PSC_TIMEOUT' });
  t.is(mirror.get('k'), 1);
});

test('M6: while there was never a synchronizer, a write holds nobody up, and is shared when there is one', async (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror();
  const done = mirror.set('k', 1);
  peer.runtime.advance(250);
  await done;
  await mirror.set('second', 2);
  t.deepEqual(['k', 'second'].map(mirror.get), [1, 2]);
  peer.runtime.advance(12_000);
  t.deepEqual(peer.runtime.warnings, ['PSC_NO_SYNCHRONIZER']);
  t.deepEqual(
    peer.sent.filter(({ type }) => type === 'set').map(({ key }) => key),
    ['k', 'second'],
  );
});

test('M6: mirrors notice a synchronizer that begins anew, and hold what it holds', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.joined();
  peer.tell({ senderID: 'other', type: 'set', key: 'old', value: 1, seq: 500 });
  peer.runtime.advance(2000);
  peer.tell({ senderID: 'other', type: 'set', key: 'new', value: 1, seq: 1 });
  peer.runtime.advance(250);
  peer.tell({ type: 'init', value: '{"new":1}', seq: 1, to: peer.id });
  t.deepEqual(['old', 'new'].map(mirror.get), [undefined, 1]);
  peer.tell({ senderID: 'other', type: 'set', key: 'new', value: 2, seq: 2 });
  t.is(mirror.get('new'), 2);
});

test('M7: a thousand mirrors receive through one listener, and who closed hears no more', (t) => {
  const peer = new ScriptedPeer();
  const mirrors = Array.from({ length: 1000 }, () => peer.mirror({}, new ExplicitCacheAdapter()));
  t.is(peer.receives, 1);
  t.is(new Set(peer.sent.map(({ senderID }) => senderID)).size, 1000);
  const storage = new ExplicitCacheAdapter();
  const closing = peer.joined({}, storage);
  closing.close();
  peer.tell({ senderID: 'other', type: 'set', key: 'k', value: 1, seq: 2 });
  t.is(storage.get('k'), undefined);
  for (const mirror of mirrors) mirror.close();
  t.is(peer.runtime.timers, 0);
});

test('M8: mirrors expire entries themselves', (t) => {
  const peer = new ScriptedPeer();
  const mirror = peer.mirror({ ttl: 500 });
  const ttl = { a: 1000 };
  peer.tell({ type: 'init', value: '{"a":1,"b":1}', ttl, seq: 1, to: peer.id });
  peer.tell({ senderID: 'other', type: 'set', key: 'c', value: 1, ttl: 1000, seq: 2 });
  void mirror.set('own', 1);
  t.is(peer.sent[1]?.ttl, 500);
  peer.runtime.advance(999);
  t.deepEqual(['a', 'b', 'c', 'own'].map(mirror.get), [1, 1, 1, undefined]);
  peer.runtime.advance(1);
  t.deepEqual(['a', 'b', 'c'].map(mirror.get), [undefined, 1, undefined]);
});

test('M8: a mirror without a storage of its own is bounded, and keeps what is read', (t) => {
  const storage = new BoundedStorage(100_000);
  storage.set('read', 1);
  for (let n = 0; n < 10_000; n += 1) {
    storage.get('read');
    storage.set(`k${n}`, 'x'.repeat(100));
    t.true(storage.bytes <= 100_000);
  }
  t.is(storage.get('read'), 1);
  t.is(storage.get('k9999'), 'x'.repeat(100));
  t.is(storage.get('k0'), undefined);
});
