import test from 'ava';
import { createPSCSynchronizer } from '../ts/synchronizer';
import type { PSCSynchronizerOptions, SharedCacheEvent } from '../ts/types';

// What the synchronizer does with each event, over the real store.

type Say = (event: SharedCacheEvent, reply?: (event: SharedCacheEvent) => void) => void;

function synchronizer(options?: PSCSynchronizerOptions) {
  const told: SharedCacheEvent[] = [];
  let say: Say = () => {};
  const { stats, close } = createPSCSynchronizer(
    {
      send: (event) => void told.push(event),
      receive: (handler) => {
        say = handler;
      },
    },
    options,
  );
  return { told, say: ((event, reply) => say(event, reply)) as Say, stats, close };
}

const set = (write: number, value: unknown, more: Partial<SharedCacheEvent> = {}) =>
  ({ senderID: 'm', type: 'set', key: 'k', value, write, ...more }) as const;

test('M1: all mirrors are told what the store took, in its order, the writer too', (t) => {
  const { told, say } = synchronizer();
  say(set(1, 'a'));
  say({ senderID: 'o', type: 'clear', key: '', write: 1 });
  say(set(2, 'b'));
  t.deepEqual(
    told.map(({ senderID, type, seq, ack }) => [senderID, type, seq, ack]),
    [
      ['m', 'set', 1, { m: 1 }],
      ['o', 'clear', 2, { o: 1 }],
      ['m', 'set', 3, { m: 2 }],
    ],
  );
});

test('M1: over a transport that calls back at once, later events stay behind earlier ones', (t) => {
  const told: unknown[] = [];
  let say: Say = () => {};
  createPSCSynchronizer({
    send(event) {
      told.push(event.value);
      if (event.value === 'first') say(set(2, 'second'));
      told.push(`after ${event.value}`);
    },
    receive: (handler) => {
      say = handler;
    },
  });
  say(set(1, 'first'));
  t.deepEqual(told, ['first', 'after first', 'second', 'after second']);
});

test('M2: the writer is also told alone where the transport can', (t) => {
  const { told, say } = synchronizer();
  const replies: SharedCacheEvent[] = [];
  say(set(1, 'a'), (event) => void replies.push(event));
  t.deepEqual(replies, told);
  t.deepEqual(replies[0]?.ack, { m: 1 });
});

test('M2: what a bus gives back is no write', (t) => {
  const { told, say, stats } = synchronizer();
  say({ senderID: 'm', type: 'init', key: '' });
  say(set(1, 'a'));
  for (const event of [...told]) say(event);
  t.is(told.length, 2);
  t.like(stats(), { applied: 1, answered: 1, ignored: 2 });
});

test('M4: a rejected write is answered with the state that holds and with why', (t) => {
  for (const alone of [true, false]) {
    const { told, say, stats } = synchronizer({ maxValueBytes: 10 });
    say(set(1, 'good'));
    const replies: SharedCacheEvent[] = [];
    say(set(2, 'much too large'), alone ? (event) => void replies.push(event) : undefined);
    const [answer] = alone ? replies : told.slice(1);
    t.like(answer, { type: 'set', key: 'k', value: 'good', write: 2, to: 'm', ack: { m: 2 } });
    t.is(answer?.error?.code, 'ERR_PSC_VALUE_TOO_LARGE');
    t.is(told.length, alone ? 1 : 2);
    t.is(stats().rejected, 1);
  }
});

test('M5: a question is answered with its own scope, its number and what is settled', (t) => {
  const { say } = synchronizer();
  say(set(1, 'a', { scope: 's' }));
  say(set(1, 'b'));
  const answers: SharedCacheEvent[] = [];
  const question = { scope: 's', senderID: 'm', type: 'init', key: '', write: 2 } as const;
  say(question, (event) => void answers.push(event));
  t.is(answers.length, 1);
  t.like(answers[0], { scope: 's', value: '{"k":"a"}', seq: 2, write: 2, ack: { m: 1 }, to: 'm' });
});

test('M6: a write that comes twice is applied once, and answered', (t) => {
  const { told, say, stats } = synchronizer();
  say(set(1, 'a'));
  say(set(2, 'b'));
  say(set(1, 'a'));
  t.like(told[2], { type: 'set', value: 'b', to: 'm', ack: { m: 2 } });
  t.like(stats(), { applied: 2, duplicates: 1 });
});

test("M8: events carry the time to live, given or read from alova's own record", (t) => {
  const { told, say } = synchronizer();
  say(set(1, 'a', { ttl: 5000 }));
  say(set(2, ['data', Date.now() + 60_000], { key: '$a.1k' }));
  say(set(3, ['points', -1], { key: '$a.1k' }));
  say(set(4, ['data', Date.now() + 60_000]));
  const lives = told.map(({ ttl }) =>
    ttl === undefined ? undefined : Math.ceil(Number(ttl) / 5000),
  );
  t.deepEqual(lives, [1, 12, undefined, undefined]);
});

test('malformed events are counted, and a receiver that fails keeps nobody from being told', (t) => {
  const { told, say, stats } = synchronizer();
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const value of [undefined, cycle]) say(set(1, value));
  for (const wrong of [null, 1, {}, { ...set(1, 1), write: 'x' }]) say(wrong as never);
  t.is(stats().malformed, 6);
  say(set(1, 'a'), () => {
    throw new Error('gone');
  });
  t.is(told.length, 1);
  t.like(stats(), { applied: 1, failures: 1 });
});

test('a synchronizer that was closed takes nothing', (t) => {
  const { told, say, close, stats } = synchronizer();
  close();
  say(set(1, 'a'));
  t.is(told.length, 0);
  t.is(stats().received, 0);
});

test('options that cannot work are refused', (t) => {
  for (const options of [null, { maxBytes: 0 }, { maxBytes: 1 }, { maxValueBytes: 'x' }]) {
    t.throws(() => synchronizer(options as never), { code: 'ERR_PSC_INVALID_OPTION' });
  }
});
