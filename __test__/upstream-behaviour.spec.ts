import EventEmitter from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createPSCAdapter, createSyncAdapter, PSCAdapter } from '../ts/adapter';
import type { IpcMain, IpcRenderer } from '../ts/electron/channels';
import { createElectronPSCSynchronizer } from '../ts/electron/main';
import { ElectronSyncAdapter } from '../ts/electron/preload';
import { ExplicitCacheAdapter } from '../ts/storage/explicit';
import { createPSCSynchronizer } from '../ts/synchronizer';
import type { PSCStorageAdapter, SharedCacheEvent, StorageAdapter } from '../ts/types';

type Alova = typeof import('alova', { with: { 'resolution-mode': 'import' }});
const { createAlova, queryCache } = createRequire(__filename)('alova') as Alova;

// What programs written for @alova/psc rely on.

/** An event emitter as the transport: it calls the receiver before `send` returns. */
function emitterTransport() {
  const emitter = new EventEmitter();
  createPSCSynchronizer(
    createSyncAdapter({
      send: (event) => void emitter.emit('to-client', event),
      receive: (handler) => void emitter.on('to-main', (event) => void handler(event)),
    }),
  );
  return (scope?: string, storage?: StorageAdapter) => {
    const end = createSyncAdapter({
      send: (event) => void emitter.emit('to-main', event),
      receive: (handler) => void emitter.on('to-client', (event) => void handler(event)),
    });
    return createPSCAdapter(end, storage ?? new ExplicitCacheAdapter(), { scope });
  };
}

/** Electron as the tests of @alova/psc have it: `on` and `emit`, over one emitter. */
function fakeElectron() {
  const emitter = new EventEmitter();
  const toMain: SharedCacheEvent[] = [];
  const toClient: SharedCacheEvent[] = [];
  const end = (received: SharedCacheEvent[]) => {
    const self = {
      on: (name: string, handler: (event: unknown, payload: SharedCacheEvent) => void) =>
        emitter.on(name, (event, payload) => {
          handler(event, payload);
          received.push(payload);
        }),
      emit: (name: string, payload: unknown) => emitter.emit(name, { sender: self }, payload),
    };
    return self;
  };
  return {
    ipcMain: end(toMain) as unknown as IpcMain,
    ipcRenderer: end(toClient) as unknown as IpcRenderer,
    toMain,
    toClient,
  };
}

let requests = 0;

function alovaWith(id: number, l1Cache: PSCStorageAdapter) {
  return createAlova({
    baseURL: 'http://nowhere.invalid',
    id,
    l1Cache,
    requestAdapter: () => ({
      response: async () => {
        requests += 1;
        return { path: '/unit-test', request: requests };
      },
      headers: async () => ({}),
      abort: () => {},
    }),
  });
}

/** The key under which alova caches a method. */
const cacheKey = (id: number, method: { key: string }) => `$a.${id}${method.key}`;

test('joining empties the storage it was given', async (t) => {
  const create = emitterTransport();
  const first = create('scoped');
  const storage = new ExplicitCacheAdapter();
  storage.set('name', 'Tom');
  await delay(1);
  t.is(first.get('name'), undefined);
  const second = create('scoped', storage);
  await delay(1);
  t.deepEqual(storage.getCache(), {});
  t.is(second.get('name'), undefined);
});

test('adapters of one scope share, without anyone awaiting, and others do not', async (t) => {
  const create = emitterTransport();
  const [first, second, other] = [create(), create(), create('other')];
  void first.set('name', 'Tom');
  void first.set('id', 9527);
  void first.set('info', { sex: 'male' });
  await delay(1);
  for (const cache of [first, second]) {
    t.deepEqual(['name', 'id', 'info'].map(cache.get), ['Tom', 9527, { sex: 'male' }]);
  }
  t.is(other.get('name'), undefined);
  void second.remove('name');
  await delay(1);
  t.is(first.get('name'), undefined);
  void first.clear();
  await delay(1);
  for (const cache of [first, second])
    t.deepEqual(['id', 'info'].map(cache.get), [undefined, undefined]);
});

test('who joins later is given its own scope, and a clear elsewhere leaves that alone', async (t) => {
  const create = emitterTransport();
  await create('a').set('k', 1);
  await create('b').set('k', 2);
  await create('b').clear();
  const storage = new ExplicitCacheAdapter();
  create('a', storage);
  t.deepEqual(storage.getCache(), { k: 1 });
  t.is(create('b').get('k'), undefined);
});

test('alova instances of one id share responses', async (t) => {
  const create = emitterTransport();
  const [first, second, third] = [
    alovaWith(1, create()),
    alovaWith(1, create()),
    alovaWith(2, create()),
  ];
  const method = first.Get('/unit-test');
  await method;
  const cached = await queryCache(method);
  t.truthy(cached);
  t.deepEqual(await queryCache(second.Get('/unit-test')), cached);
  t.deepEqual(await queryCache(alovaWith(1, create()).Get('/unit-test')), cached);
  t.is(await queryCache(third.Get('/unit-test')), undefined);
});

test('the doubles of Electron in the tests of @alova/psc work, and creating twice is once', async (t) => {
  const { ipcMain, ipcRenderer } = fakeElectron();
  const synchronizer = createElectronPSCSynchronizer(ipcMain);
  const create = (id: number) => alovaWith(id, createPSCAdapter(ElectronSyncAdapter(ipcRenderer)));
  const [first, second, third] = [create(1), create(1), create(2)];
  const method = first.Get('/unit-test');
  await method;
  const cached = await queryCache(method);
  t.truthy(cached);
  t.deepEqual(await queryCache(second.Get('/unit-test')), cached);
  t.is(createElectronPSCSynchronizer(ipcMain), synchronizer);
  t.is(synchronizer.stats().applied, 1);
  t.deepEqual(await queryCache(second.Get('/unit-test')), cached);
  t.is(await queryCache(third.Get('/unit-test')), undefined);
});

test('in Electron, joining and setting send one event each, and set returns a promise', async (t) => {
  const { ipcMain, ipcRenderer, toMain, toClient } = fakeElectron();
  createElectronPSCSynchronizer(ipcMain);
  const cache = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
  t.deepEqual(toClient, [{ senderID: '', type: 'init', key: '', value: '{}' }]);
  const done = cache.set(cacheKey(1, alovaWith(1, cache).Get('/unit-test')), 123);
  t.true(done instanceof Promise);
  await done;
  t.deepEqual(
    toMain.map(({ type }) => type),
    ['init', 'set'],
  );
});

test('each main process has a synchronizer of its own', async (t) => {
  const [one, two] = [fakeElectron(), fakeElectron()];
  for (const { ipcMain } of [one, two]) createElectronPSCSynchronizer(ipcMain);
  await createPSCAdapter(ElectronSyncAdapter(one.ipcRenderer)).set('k', 1);
  t.is(createPSCAdapter(ElectronSyncAdapter(two.ipcRenderer)).get('k'), undefined);
  t.is(createPSCAdapter(ElectronSyncAdapter(one.ipcRenderer)).get('k'), 1);
});

test('a mirror of @alova/psc, which knows none of the new fields, takes part', (t) => {
  const told: SharedCacheEvent[] = [];
  let say: (event: SharedCacheEvent, reply?: (event: SharedCacheEvent) => void) => void = () => {};
  const synchronizer = createPSCSynchronizer({
    send: (event) => void told.push(event),
    receive: (handler) => {
      say = handler;
    },
  });
  const answers: SharedCacheEvent[] = [];
  const question = { senderID: 'old', type: 'init', key: '', value: undefined } as const;
  say(question, (answer) => void answers.push(answer));
  t.deepEqual(answers, [{ senderID: '', type: 'init', key: '', value: '{}' }]);
  say({ senderID: 'old', type: 'set', key: '__proto__', value: { a: 1 } });
  t.like(told[0], { senderID: 'old', type: 'set', key: '__proto__', value: { a: 1 }, seq: 1 });
  say(question);
  t.is(told[1]?.value, '{"__proto__":{"a":1}}');
  for (const event of [...told]) say(event);
  for (const wrong of [null, {}, { ...question, type: 'other' }]) say(wrong as never);
  t.like(synchronizer.stats(), { applied: 1, ignored: 2, malformed: 3, answered: 2 });
});

test('the adapter is a plain object whose functions are its own, and so is the class', async (t) => {
  const create = emitterTransport();
  const adapter = create();
  t.is(Object.getPrototypeOf(adapter), Object.prototype);
  const names = [
    ...['clear', 'close', 'get', 'getOrSet', 'increment', 'locker', 'on', 'ready', 'remove'],
    ...['set', 'stats', 'update'],
  ];
  t.deepEqual(Object.keys(adapter).sort(), names);
  const emitter = new EventEmitter();
  const end = { send: () => {}, receive: (handler: never) => void emitter.on('event', handler) };
  const instance = new PSCAdapter(new ExplicitCacheAdapter(), end, { scope: 's' });
  t.true(instance instanceof PSCAdapter);
  t.deepEqual(Object.keys(instance).sort(), names);
  const { dispose } = Symbol as { dispose?: symbol };
  if (dispose !== undefined) t.is(Reflect.get(adapter, dispose), adapter.close);
  instance.close();
});

test('ElectronSyncAdapter brings a storage for adapters that are given none', async (t) => {
  const { ipcMain, ipcRenderer } = fakeElectron();
  createElectronPSCSynchronizer(ipcMain);
  const storage = new ExplicitCacheAdapter();
  const transport = ElectronSyncAdapter(ipcRenderer, storage);
  await createPSCAdapter(transport).set('k', 1);
  t.deepEqual(storage.getCache(), { k: 1 });
});

test('lru-cache can hold the copy, once its delete is named remove', async (t) => {
  const { LRUCache } = createRequire(__filename)('lru-cache') as typeof import('lru-cache');
  const create = emitterTransport();
  const lru = new LRUCache<string, NonNullable<unknown>>({ max: 2 });
  const storage: StorageAdapter = {
    set: (key, value) => void lru.set(key, value as NonNullable<unknown>),
    get: (key) => lru.get(key) as never,
    remove: (key) => void lru.delete(key),
    clear: () => lru.clear(),
  };
  const [cache, other] = [create('s', storage), create('s')];
  for (const key of ['a', 'b', 'c']) await other.set(key, key);
  t.deepEqual(['a', 'b', 'c'].map(cache.get), [undefined, 'b', 'c']);
  await cache.remove('b');
  t.is(other.get('b'), undefined);
});

test('the adapter is what alova asks for', (t) => {
  const cache = emitterTransport()();
  const options: Pick<Parameters<typeof createAlova>[0], 'l1Cache'> = { l1Cache: cache };
  t.is<unknown, unknown>(options.l1Cache, cache);
});
