import test from 'ava';
import { LRUCache } from 'lru-cache';
import type { StorageAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { AsyncStorage } from './helpers/storages';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// A storage of the user's own over `NodeSyncAdapter`: fed by what other processes change.

function lru(): StorageAdapter {
  const cache = new LRUCache<string, NonNullable<unknown>>({ max: 100 });
  return {
    set: (key, value) => void cache.set(key, value as NonNullable<unknown>),
    get: <T>(key: string) => cache.get(key) as T | undefined,
    remove: (key) => void cache.delete(key),
    clear: () => cache.clear(),
  };
}

function map(): StorageAdapter {
  const entries = new Map<string, unknown>();
  return {
    set: (key, value) => void entries.set(key, value),
    get: <T>(key: string) => entries.get(key) as T | undefined,
    remove: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}

const STORAGES: [string, () => StorageAdapter][] = [
  ['an lru-cache', lru],
  ['a Map', map],
  ['an asynchronous one', () => new AsyncStorage()],
  ['an ExplicitCacheAdapter', () => new psc.ExplicitCacheAdapter()],
];

for (const [name, create] of STORAGES) {
  test(`${name} holds what other processes set, without their old values`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const other = await (await Participant.start(t)).open(id, { scope: 's' });
    await other.set('before', { n: 0 });
    const storage = create();
    await storage.set('left over', 1);
    const transport = psc.NodeSyncAdapter(undefined, id);
    const adapter = psc.createPSCAdapter(transport, storage, { scope: 's' });
    t.teardown(() => adapter.close());
    await adapter.ready;
    t.deepEqual(await adapter.get('before'), { n: 0 });
    t.is(await storage.get('left over'), undefined);
    t.deepEqual(await storage.get('before'), { n: 0 });
    for (let n = 0; n < 50; n += 1) await other.set('key', { n });
    await until('it has the last', async () => (await adapter.get<{ n: number }>('key'))?.n === 49);
    t.deepEqual(await storage.get('key'), { n: 49 });
    await adapter.set('mine', 'text');
    t.is(await adapter.get('mine'), 'text');
    t.is(await other.get('mine'), 'text');
    await other.remove('before');
    await until('it is gone here too', async () => (await storage.get('before')) === undefined);
    await other.clear();
    await until('all is gone here too', async () => (await storage.get('key')) === undefined);
    t.is(await adapter.get('mine'), undefined);
  });
}

test('two adapters with storages of their own, in one process and another, agree', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const transport = psc.NodeSyncAdapter(undefined, id);
  const [one, two] = [lru(), map()].map((storage) => psc.createPSCAdapter(transport, storage));
  if (one === undefined || two === undefined) throw new Error('never');
  const other = await (await Participant.start(t)).open(id);
  for (let n = 0; n < 200; n += 1) {
    void one.set(`key ${n % 10}`, ['one', n]);
    void two.set(`key ${n % 10}`, ['two', n]);
    await other.set(`key ${n % 10}`, ['other', n]);
  }
  await Promise.all([one.set('end', 1), two.set('end', 1)]);
  for (let n = 0; n < 10; n += 1) {
    const key = `key ${n}`;
    const value = await other.get(key);
    await until('both have it', () => {
      return [one, two].every((each) => `${each.get(key)}` === `${value}`);
    });
    t.truthy(value);
  }
});
