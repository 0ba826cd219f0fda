import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { WORLDS } from './helpers/worlds';

// What a cache is given, and what it gives back: the same, or nothing.

const load = createRequire(__filename);
const open = (id: string, options = {}) =>
  psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, options);

/** A server that sends back how often it was asked, and alova over an adapter of ours in front of it. */
async function alovaOver(
  t: ExecutionContext,
  l1Cache: ReturnType<typeof open>,
  responded: (response: Response) => unknown,
) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume().on('end', () => response.end(`${asked}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const { createAlova } = load('alova');
  const fetchModule = load('alova/fetch');
  const alova = createAlova({
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    id: uniqueId(t),
    requestAdapter: (fetchModule.default ?? fetchModule)(),
    cacheFor: { GET: 60_000, POST: 60_000 },
    l1Cache,
    responded,
  });
  return { alova, asked: () => asked };
}

test('an alova request whose body is too large for a key is sent, and not cached', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const text = (response: Response) => response.text();
  const { alova, asked } = await alovaOver(t, open(id), text);
  const body = { text: 'x'.repeat(100_000) };
  t.is(await alova.Post('/', body), '1');
  t.is(await alova.Post('/', body), '2');
  t.is(asked(), 2);
});

test('an alova response that JSON does not carry is the same at each request', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const { alova } = await alovaOver(t, open(id), (response) => response.blob());
  for (const expected of ['1', '2']) {
    const blob = await alova.Get('/');
    t.true(blob instanceof Blob);
    t.is(await blob.text(), expected);
  }
});

test("'structured' refuses what it would lose, and carries what it can", async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = open(id, { codec: 'structured' });
  class Hidden {
    #secret = 1;
    reveal() {
      return this.#secret;
    }
  }
  for (const value of [new Blob(['a']), new Response('a'), new Hidden(), () => 1]) {
    await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.set('key', value));
    t.is(adapter.get('key'), undefined);
  }
  for (const value of [new Map([[1, 2]]), new Set([1]), new Date(0), /x/, 1n, new Uint8Array(2)]) {
    await adapter.set('key', value);
    t.deepEqual(adapter.get('key'), value);
  }
});

test('values and bytes of another realm are what they are', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const plain = open(id);
  await plain.set('key', runInNewContext('({ list: [{}], empty: {} })'));
  t.deepEqual(plain.get('key'), { list: [{}], empty: {} });
  await throwsCode(t, 'ERR_PSC_SERIALIZE', () => plain.set('key', runInNewContext('new Map()')));
  const bytes = {
    encode: () => runInNewContext('new Uint8Array([1, 2])'),
    decode: (b: unknown) => b,
  };
  const custom = open(id, { codec: bytes, scope: 'bytes' });
  await custom.set('key', 1);
  t.deepEqual([...(custom.get('key') as Uint8Array)], [1, 2]);
});

test('bytes that another thread may change are copied before they are read', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  const adapter = open(id, { codec: { encode: () => shared, decode: (bytes: unknown) => bytes } });
  await adapter.set('key', 1);
  shared.fill(0);
  t.deepEqual([...(adapter.get('key') as Uint8Array)], [7, 7, 7, 7]);
});

test('an entry that this codec cannot read is a miss, and can be made anew', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const [old, next] = [open(id, { codec: 'structured' }), open(id)];
  await old.set('key', { n: 1 });
  await old.set('count', { n: 1 });
  t.is(next.get('key'), undefined);
  t.deepEqual(await next.getOrSet('key', () => ({ n: 2 })), { n: 2 });
  t.is(await next.increment('count'), 1);
  await next.set('key', { n: 2 });
  t.deepEqual(next.get('key'), { n: 2 });
});

for (const { name, start } of WORLDS.filter(({ mirrors }) => mirrors)) {
  test(`${name}: null from a storage of one's own is a miss, at once or by a promise`, async (t) => {
    const make = await start(t);
    for (const answer of [(value: unknown) => value, (value: unknown) => Promise.resolve(value)]) {
      const held = new Map<string, unknown>();
      const adapter = make({}, {
        set: (key: string, value: unknown) => void held.set(key, value),
        get: (key: string) => answer(held.get(key) ?? null),
        remove: (key: string) => held.delete(key),
        clear: () => held.clear(),
      } as never);
      await adapter.ready;
      t.is(await adapter.get('absent'), undefined);
      await adapter.set('present', 0);
      t.is(await adapter.get('present'), 0);
      t.is(await adapter.getOrSet('absent', () => 'made'), 'made');
      await adapter.clear();
    }
  });
}

for (const { name, start } of WORLDS) {
  test(`${name}: writes that are refused are counted by their codes, and told once`, async (t) => {
    const make = await start(t);
    const adapter = make();
    await adapter.ready;
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [1n, cycle]) {
      await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.set('key', value));
    }
    await adapter.set('k'.repeat(70_000), 1).catch(() => {});
    await adapter.set('key', 1);
    const expected = { ERR_PSC_SERIALIZE: 2, ERR_PSC_KEY_TOO_LARGE: 1 };
    t.deepEqual(adapter.stats().refused, expected);
  });
}

test('an option that nobody knows is told once, with the name that may have been meant', async (t) => {
  const started = await TestProcess.start(t, 'misspelling');
  await started.ask('misspell', uniqueId(t));
  const names = ['scope', 'maxBytes', 'memoBytes', 'ttl', 'maxValueBytes', 'max', 'onLog'];
  for (const name of names) {
    await until(`${name} is told`, () => started.stderr.includes(`Did you mean \`${name}\`?`));
  }
  const told = started.stderr.match(/\[PSC_UNKNOWN_OPTION\]/g);
  t.is(told?.length, 9, started.stderr);
});

test('whatever a codec throws, a set rejects with a code', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const { proxy, revoke } = Proxy.revocable(new Error('revoked'), {});
  revoke();
  const hidden = Object.defineProperty(new Error('hidden'), 'message', {
    get() {
      throw new Error('a getter');
    },
  });
  for (const thrown of [proxy, hidden, Symbol('thrown'), undefined]) {
    const encode = () => {
      throw thrown;
    };
    const adapter = open(id, { codec: { encode, decode: () => 1 } });
    await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.set('key', 1));
    await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.update('key', () => 1));
  }
});
