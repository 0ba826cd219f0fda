import test, { type ExecutionContext } from 'ava';
import type { SharedCacheEvent } from '../ts/types';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// `NodeSyncAdapter` as a sync adapter of its own: what goes through it are the events of @alova/psc.

type Plain = Pick<SharedCacheEvent, 'type' | 'key' | 'senderID' | 'scope' | 'value'>;

/** A transport and what it has received. */
async function connected(t: ExecutionContext) {
  const id = uniqueId(t);
  await synchronize(t, id);
  const transport = psc.NodeSyncAdapter((stop) => t.teardown(stop), id);
  const received: SharedCacheEvent[] = [];
  transport.receive((event) => void received.push(event));
  const send = (event: Partial<Plain> & Pick<Plain, 'type'>) => {
    void transport.send({ senderID: 'me', key: '', ...event });
  };
  const plain = () => {
    return received.map(({ type, key, senderID, scope, value }) => {
      return {
        type,
        key,
        senderID,
        ...(scope !== undefined && { scope }),
        ...(value !== undefined && { value }),
      };
    });
  };
  return { id, transport, received, send, plain };
}

const UPSTREAM_EMPTY = { senderID: '', type: 'init', key: '', value: '{}' };

test('the answer of an empty cache is that of @alova/psc to the letter', async (t) => {
  const { send, received } = await connected(t);
  send({ type: 'init' });
  await until('there is an answer', () => received.length > 0);
  t.deepEqual(received, [UPSTREAM_EMPTY] as never);
});

test('each change is told exactly once, in order, the echo included', async (t) => {
  const { id, send, plain } = await connected(t);
  const other = await (await Participant.start(t)).open(id);
  send({ type: 'init' });
  send({ type: 'set', key: 'mine', value: { n: 1 } });
  await until('the echo is there', () => plain().length === 2);
  await other.set('theirs', 2);
  await until('it is told', () => plain().length === 3);
  send({ type: 'remove', key: 'theirs' });
  send({ type: 'set', key: '__proto__', value: [3] });
  await until('they are told', () => plain().length === 5);
  t.is(await other.get('theirs'), undefined);
  t.deepEqual(await other.get('__proto__'), [3]);
  await other.clear();
  send({ type: 'set', key: 'last', value: null });
  await until('the last is told', () => plain().some(({ key }) => key === 'last'));
  const me = { senderID: 'me' };
  t.deepEqual(plain(), [
    UPSTREAM_EMPTY,
    { ...me, type: 'set', key: 'mine', value: { n: 1 } },
    { senderID: '', type: 'set', key: 'theirs', value: 2 },
    { ...me, type: 'remove', key: 'theirs' },
    { ...me, type: 'set', key: '__proto__', value: [3] },
    { senderID: '', type: 'clear', key: '' },
    { ...me, type: 'set', key: 'last', value: null },
  ] as never);
});

test('a later answer holds what there is', async (t) => {
  const { id, send, plain } = await connected(t);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('a', { n: 1 });
  await adapter.set('', 'text');
  send({ type: 'init' });
  const answer = await until('there is an answer', () => {
    return plain().find(({ type }) => type === 'init');
  });
  t.like(answer, { type: 'init', senderID: '', key: '' });
  t.deepEqual(JSON.parse(answer.value as string), { a: { n: 1 }, '': 'text' });
});

test('only the scopes that were asked for through it are told', async (t) => {
  const { id, send, plain } = await connected(t);
  const transport = psc.NodeSyncAdapter(undefined, id);
  const make = (scope?: string) => psc.createPSCAdapter(transport, undefined, { scope });
  const [l1, l2, none] = [make('l1'), make('l2'), make()];
  await l2.set('before', 1);
  send({ type: 'init', scope: 'l1' });
  for (const adapter of [l2, none, l1]) await adapter.set('key', 1);
  await l2.clear();
  await l1.set('last', 1);
  await until('the last is told', () => plain().some(({ key }) => key === 'last'));
  t.deepEqual(new Set(plain().map(({ scope }) => scope)), new Set(['l1']));
  t.false(JSON.stringify(plain()).includes('before'));
});

test('what is sent before there is a synchronizer is kept, in order', async (t) => {
  const id = uniqueId(t);
  const transport = psc.NodeSyncAdapter(undefined, id);
  const received: SharedCacheEvent[] = [];
  transport.receive((event) => void received.push(event));
  void transport.send({ senderID: 'me', type: 'init', key: '' });
  for (const value of [1, 2, 3]) {
    void transport.send({ senderID: 'me', type: 'set', key: `key ${value}`, value });
  }
  await synchronize(t, id);
  await transport.ready;
  await until('all is told', () => received.length === 4);
  t.deepEqual(
    received.map(({ type, value }) => [type, value]),
    [
      ['init', '{}'],
      ['set', 1],
      ['set', 2],
      ['set', 3],
    ],
  );
});

test('events that are none, and receivers that throw, harm nobody', async (t) => {
  const { id, transport, send, received } = await connected(t);
  transport.receive(() => {
    throw new Error('not me');
  });
  const bad = [null, 1, 'set', {}, { type: 'set' }, { type: 'eval', key: 'k', senderID: 'me' }];
  for (const event of bad) t.notThrows(() => transport.send(event as never));
  send({ type: 'set', key: 1 as never, value: 1 });
  send({ type: 'set', key: 'no value' });
  send({ type: 'set', key: 'big int', value: 1n });
  send({ type: 'init' });
  send({ type: 'set', key: 'key', value: 'kept' });
  await until('the good one is told', () => received.some(({ key }) => key === 'key'));
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.deepEqual(['no value', 'big int', 'key'].map(adapter.get), [undefined, undefined, 'kept']);
});
