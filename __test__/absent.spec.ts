import { createRequire } from 'node:module';
import test from 'ava';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { startOrigin } from './helpers/origin';
import { Participant } from './helpers/participants';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';
import { wrapped } from './helpers/worlds';

// A cache that is not there holds nobody up.

const load = createRequire(__filename);
/** Ten times what errors.md says. */
const HELD_UP_MS = 2500;
const UNKNOWN_MS = 10_000;

const ADAPTERS = {
  native: (id: string) => psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)),
  mirror: (id: string) => psc.createPSCAdapter(wrapped(id)),
};

for (const [name, open] of Object.entries(ADAPTERS)) {
  test(`${name}: alova's requests are answered without a synchronizer, cached here, and shared when there is one`, async (t) => {
    const id = uniqueId(t);
    const { requests, url } = await startOrigin(t);
    const { createAlova } = load('alova');
    const fetchModule = load('alova/fetch');
    const l1Cache = open(id);
    t.teardown(() => l1Cache.close());
    const alova = createAlova({
      baseURL: url,
      id,
      requestAdapter: (fetchModule.default ?? fetchModule)(),
      responded: (response: Response) => response.json(),
      l1Cache,
    });
    const began = performance.now();
    for (const path of ['/1', '/2', '/1', '/2']) {
      t.like(await within('the response', alova.Get(path)), { path });
    }
    t.true(performance.now() - began < HELD_UP_MS);
    t.deepEqual([...requests.values()], [1, 1]);
    await synchronize(t, id);
    const other = await (await Participant.start(t)).open(id);
    await until('the entries are shared', async () => {
      const stats = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).stats();
      return stats.scope.entries !== undefined && stats.scope.entries >= 2;
    });
    await other.set('key', 1);
    await until('it is one cache', () => l1Cache.get('key') === 1);
  });

  test(`${name}: writes without a synchronizer resolve soon, are read here, and keep their order`, async (t) => {
    const id = uniqueId(t);
    const adapter = open(id);
    t.teardown(() => adapter.close());
    const began = performance.now();
    await adapter.set('key', 1);
    await adapter.set('gone', 1);
    await adapter.remove('gone');
    await adapter.set('key', 2);
    t.true(performance.now() - began < HELD_UP_MS);
    t.deepEqual([adapter.get('key'), adapter.get('gone')], [2, undefined]);
    await adapter.clear();
    await adapter.set('after', 3);
    t.deepEqual(['key', 'after'].map(adapter.get), [undefined, 3]);
    await synchronize(t, id);
    const other = await (await Participant.start(t)).open(id);
    await until('it is shared', async () => (await other.get('after')) === 3);
    t.is(await other.get('key'), undefined);
  });
}

test('what has to know the shared value rejects in time, and is not done later', async (t) => {
  const id = uniqueId(t);
  const adapter = ADAPTERS.native(id);
  const began = performance.now();
  await throwsCode(t, 'ERR_PSC_TIMEOUT', () => adapter.increment('count'));
  await throwsCode(t, 'ERR_PSC_TIMEOUT', () => adapter.update('list', () => [1]));
  t.true(performance.now() - began < UNKNOWN_MS);
  await synchronize(t, id);
  await adapter.ready;
  t.is(await adapter.increment('count'), 1);
  t.is(adapter.get('list'), undefined);
});
