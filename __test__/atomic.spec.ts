import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { counts } from './helpers/counts';
import { throwsCode } from './helpers/errors';
import { until } from './helpers/until';
import { WORLDS } from './helpers/worlds';

// `update` and `increment`, on every way of having the cache.

for (const { name, mirrors, start } of WORLDS) {
  test(`${name}: an update is given what is there and sets what it returns`, async (t) => {
    const make = await start(t);
    const [one, other] = [make(), make()];
    t.is(await one.update('key', (current) => (current === undefined ? 1 : 2)), 1);
    t.is(one.get('key'), 1);
    t.is(await other.update<number>('key', (current = 10) => current + 1), 2);
    await until('the first sees it', () => one.get('key') === 2);
    t.is(await one.update('key', () => undefined), undefined);
    t.is(one.get('key'), undefined);
    t.is(await one.update('key', () => undefined), undefined);
  });

  test(`${name}: what an update is given may be changed and is nobody else’s`, async (t) => {
    const adapter = (await start(t))();
    await adapter.set('key', { list: [1] });
    const held = adapter.get<{ list: number[] }>('key');
    await throwsCode(t, 'ON_PURPOSE', () =>
      adapter.update<{ list: number[] }>('key', (current) => {
        current?.list.push(2);
        throw Object.assign(new Error('It was done on purpose.'), { code: 'ON_PURPOSE' });
      }),
    );
    t.deepEqual(adapter.get('key'), { list: [1] });
    t.deepEqual(held, { list: [1] });
    await adapter.update<{ list: number[] }>('key', (current) => {
      current?.list.push(3);
      return current;
    });
    t.deepEqual(adapter.get('key'), { list: [1, 3] });
    t.deepEqual(held, { list: [1] });
  });

  test(`${name}: writes that were made before come before an update`, async (t) => {
    const adapter = (await start(t))();
    void adapter.set('key', 5);
    t.is(await adapter.increment('key'), 6);
    void adapter.remove('key');
    t.is(await adapter.increment('key', 0.5), 0.5);
    void adapter.clear();
    t.is(await adapter.increment('key', -1), -1);
  });

  test(`${name}: changes of one process at the same time are all made`, async (t) => {
    const times = counts(200, 1000);
    const make = await start(t);
    const adapters = [make(), make(), make()];
    const sums = await Promise.all(
      Array.from({ length: times }, (_, n) => adapters[n % 3]?.increment('key')),
    );
    t.deepEqual(
      sums.sort((a = 0, b = 0) => a - b),
      Array.from({ length: times }, (_, n) => n + 1),
    );
    for (const adapter of adapters)
      await until('all see the sum', () => adapter.get('key') === times);
  });

  test(`${name}: an entry that is changed keeps its end, a new one has the ttl`, async (t) => {
    const adapter = (await start(t))();
    const ttl = 400;
    const begun = performance.now();
    await adapter.increment('window', 1, { ttl });
    let increments = 1;
    for (;;) {
      const sum = await adapter.increment('window', 1, { ttl });
      if (sum === 1) break;
      increments += 1;
      t.is(sum, increments);
      await setImmediate();
    }
    const lasted = performance.now() - begun;
    t.true(lasted >= ttl - 5 && lasted < 150 * ttl, `${lasted} ms for ${increments} increments`);
    await adapter.set('$a.key', ['data', Date.now() + 60_000]);
    await adapter.update<unknown[]>('$a.key', () => ['other', Date.now() - 1]);
    await until('the record says that it is over', () => adapter.get('$a.key') === undefined);
  });

  test(`${name}: what cannot be done is refused and changes nothing`, async (t) => {
    const adapter = (await start(t))();
    await adapter.set('text', 'a');
    await adapter.set('large', Number.MAX_VALUE);
    await throwsCode(t, 'ERR_PSC_NOT_A_NUMBER', () => adapter.increment('text'));
    await throwsCode(t, 'ERR_PSC_NOT_A_NUMBER', () => adapter.increment('large', Number.MAX_VALUE));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.increment('key', Number.NaN));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.increment('key', 1, { ttl: 0 }));
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => adapter.update('key', 1 as never));
    await throwsCode(t, 'ERR_PSC_INVALID_KEY', () => adapter.update(1 as never, () => 1));
    const promised = adapter.update('key', () => Promise.reject(new Error('unheard')) as never);
    await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => promised);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.update('key', () => cycle));
    t.is(adapter.get('key'), undefined);
    t.is(adapter.get('text'), 'a');
    adapter.close();
    await throwsCode(t, 'ERR_PSC_CLOSED', () => adapter.increment('key'));
  });

  test(`${name}: every codec can be changed`, async (t) => {
    const make = await start(t);
    const codec = {
      encode: (value: unknown) => `n:${JSON.stringify(value)}`,
      decode: (encoded: string | Uint8Array) => JSON.parse(String(encoded).slice(2)),
    };
    for (const each of mirrors ? [codec] : [codec, 'structured' as const]) {
      const adapter = make({ codec: each, scope: typeof each });
      await adapter.increment('key', 2);
      t.is(await adapter.increment('key'), 3);
      await adapter.update<number>('key', (current = 0) => current * 2);
      t.is(adapter.get('key'), 6);
    }
  });
}
