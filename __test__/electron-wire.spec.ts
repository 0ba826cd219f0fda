import test from 'ava';
import { Rate } from '../ts/electron/rate';
import { readRequest } from '../ts/electron/request';
import { isTold, pack, unpack, WIRE_VERSION } from '../ts/electron/wire';
import { carriedWith, carry } from '../ts/mirror/carried';
import type { SharedCacheEvent } from '../ts/types';
import { throwsCode } from './helpers/errors';

// What windows and the main process tell each other.

const set: SharedCacheEvent = { senderID: 'm', type: 'set', key: 'k', value: { a: 1 }, write: 3 };

test('a window sends the text that it has, and makes one of a value that somebody else put there', (t) => {
  const own = { ...set };
  carry(own, { text: '{"a":1}', value: own.value });
  t.deepEqual(pack(own), [WIRE_VERSION, 'set', undefined, 'm', 3, 'k', '{"a":1}', undefined]);
  // A wrapper that changed the value has sent a copy, or put another value into this one.
  t.is(pack({ ...own, value: { b: 2 } })[6], '{"b":2}');
  own.value = { c: 3 };
  t.is(pack(own)[6], '{"c":3}');
});

test('a value that has no JSON is refused where it is sent', async (t) => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  await throwsCode(t, 'ERR_PSC_SERIALIZE', () => pack({ ...set, value: cycle }));
  await throwsCode(t, 'ERR_PSC_SERIALIZE', () => pack({ ...set, value: undefined }));
});

test('what main tells has a value for whoever looks, and only the text for a mirror', (t) => {
  const header = '{"senderID":"m","type":"set","key":"k","seq":7}';
  const event = unpack([WIRE_VERSION, undefined, header, '{"a":[1,2]}', undefined]);
  t.is(carriedWith(event).text, '{"a":[1,2]}');
  t.deepEqual(event.value, { a: [1, 2] });
  t.deepEqual({ ...event }, { senderID: 'm', type: 'set', key: 'k', seq: 7, value: { a: [1, 2] } });
});

test('a write that is told as it came has the fields of any other event', (t) => {
  const told = [WIRE_VERSION, 's', 7, 3, 'set', 'm', 'k', 50, 9, 1, '[1]'] as const;
  t.true(isTold(told));
  const event = unpack(told);
  t.is(carriedWith(event).text, '[1]');
  const place = { seq: 7, epoch: 9, ack: { m: 3 }, pid: 1 };
  t.deepEqual(
    { ...event },
    { scope: 's', senderID: 'm', type: 'set', key: 'k', value: [1], ttl: 50, ...place },
  );
  t.false('value' in unpack(told, false), 'a mirror looks at the text');
  const removal = unpack([
    WIRE_VERSION,
    undefined,
    7,
    3,
    'remove',
    'm',
    'k',
    undefined,
    9,
    1,
    undefined,
  ]);
  t.deepEqual({ ...removal }, { senderID: 'm', type: 'remove', key: 'k', ...place });
});

test('a state is told as one text and the length of each value, in UTF-16 units', (t) => {
  const texts = ['"é"', '"😀ab"', '1'];
  const entries = ['a', '😀', '__proto__'].map((key, at) => [key, texts[at]?.length]);
  const header = JSON.stringify({ senderID: '', type: 'init', key: '', seq: 1, entries });
  const event = unpack([WIRE_VERSION, 's', header, texts.join(''), 4]);
  t.is(event.write, 4);
  t.deepEqual(carriedWith(event).entries, [
    ['a', '"é"'],
    ['😀', '"😀ab"'],
    ['__proto__', '1'],
  ]);
});

test('a state reads as upstream has it: the JSON text of one object', (t) => {
  const header = JSON.stringify({
    senderID: '',
    type: 'init',
    key: '',
    entries: [
      ['a', 1],
      ['"', 4],
    ],
  });
  const event = unpack([WIRE_VERSION, undefined, header, '1null', undefined]);
  t.is(event.value, '{"a":1,"\\"":null}');
});

test('what is not told by this version is not read', (t) => {
  t.false(isTold([2, undefined, '{}']));
  t.false(isTold([WIRE_VERSION, undefined, 7]));
  t.false(isTold([]));
  t.true(isTold([WIRE_VERSION, undefined, '{}', undefined, undefined]));
});

const request = [WIRE_VERSION, 'set', 's', 'm', 1, 'k', '1', undefined];

test('main reads what a window sent field by field', (t) => {
  t.deepEqual(readRequest(request), {
    type: 'set',
    scope: 's',
    senderID: 'm',
    write: 1,
    key: 'k',
    text: '1',
    ttl: Number.POSITIVE_INFINITY,
  });
});

test('main reads what a window expects of a key, and the question for one', (t) => {
  const [version] = request;
  const swap = readRequest([version, 'set', 's', 'm', 1, 'k', '1', undefined, 7, 9]);
  t.like(swap, { type: 'set', key: 'k', expected: 7, epoch: 9, ttl: Number.NaN });
  const question = readRequest([version, 'init', 's', 'm', 1, 'k', undefined, undefined, 0]);
  t.like(question, { type: 'init', key: 'k', expected: 0 });
  t.is(readRequest([version, 'init', 's', 'm', 1, 'k'])?.key, '');
});

for (const [what, at, value] of [
  ['a position that is none', 8, -1],
  ['an order that is none', 9, 'x'],
  ['another version', 0, 2],
  ['an unknown type', 1, 'destroy'],
  ['a scope that is no string', 2, {}],
  ['a scope beyond all measure', 2, 'x'.repeat(5000)],
  ['an id that is no string', 3, 7],
  ['no id', 3, ''],
  ['an id beyond all measure', 3, 'x'.repeat(500)],
  ['a number that is not whole', 4, 1.5],
  ['a number below 0', 4, -1],
  ['a number that is none', 4, Number.NaN],
  ['a key that is no string', 5, ['k']],
  ['a value in place of its text', 6, { a: 1 }],
] as const) {
  test(`main drops an event with ${what}`, (t) => {
    const forged: unknown[] = [...request];
    forged[at] = value;
    t.is(readRequest(forged), undefined);
  });
}

test('a time to live that is none is no end', (t) => {
  for (const ttl of [-1, Number.NaN, 'soon', null, {}]) {
    t.is(readRequest([...request.slice(0, 7), ttl])?.ttl, Number.POSITIVE_INFINITY);
  }
});

test('who sends more than a second allows is cut off until it has been silent for one', (t) => {
  const rate = new Rate(10, 0);
  const verdicts = Array.from({ length: 12 }, () => rate.take(0));
  t.deepEqual(verdicts.filter((verdict) => verdict === 'taken').length, 9);
  t.is(verdicts[9], 'first');
  t.deepEqual(verdicts.slice(10), ['cut', 'cut']);
  t.is(rate.take(900), 'cut');
  t.is(rate.take(2000), 'taken');
});

test('who goes on as before is not heard again, and the few events of an honest sender do not keep it silent', (t) => {
  const flooding = new Rate(1000, 0);
  const trickling = new Rate(1000, 0);
  for (let count = 0; count < 1001; count += 1) {
    flooding.take(0);
    trickling.take(0);
  }
  for (let at = 1; at < 10_000; at += 0.5) t.is(flooding.take(at), 'cut');
  for (let at = 100; at <= 1000; at += 100) t.is(trickling.take(at), 'cut');
  t.is(trickling.take(1100), 'taken');
});

test('who stays within the rate is never cut off, and a long answer counts as many events', (t) => {
  const rate = new Rate(10, 0);
  for (let at = 0; at < 10_000; at += 100) t.is(rate.take(at), 'taken');
  rate.spend(100);
  t.is(rate.take(10_100), 'first');
});
