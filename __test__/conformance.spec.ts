import test from 'ava';
import { until } from './helpers/until';
import { WORLDS } from './helpers/worlds';

// What every way of having the cache gives, through the public API.

for (const { name, mirrors, start } of WORLDS) {
  test(`${name}: what one sets, removes and clears, the others see`, async (t) => {
    const make = await start(t);
    const [one, other] = [make(), make()];
    t.is(one.get('key'), undefined);
    await one.set('key', { text: 'Grüße' });
    await one.set('second', 0);
    t.deepEqual(one.get('key'), { text: 'Grüße' });
    await until('the other has both', () => other.get('second') === 0);
    t.deepEqual(other.get('key'), { text: 'Grüße' });
    await other.remove('key');
    t.is(other.get('key'), undefined);
    await until('the key is gone', () => one.get('key') === undefined);
    t.is(one.get('second'), 0);
    await one.clear();
    t.is(one.get('second'), undefined);
    await until('all is gone', () => other.get('second') === undefined);
  });

  test(`${name}: a set is read at once by who set it`, async (t) => {
    const adapter = (await start(t))();
    const settled = adapter.set('key', 1);
    t.is(adapter.get('key'), 1);
    void adapter.set('key', 2);
    t.is(adapter.get('key'), 2);
    void adapter.remove('key');
    t.is(adapter.get('key'), undefined);
    await settled;
    t.is(adapter.get('key'), undefined);
  });

  test(`${name}: scopes share no key, no removal and no clear`, async (t) => {
    const make = await start(t);
    const scopes = ['l1', 'l2', '', undefined, '__proto__'];
    const adapters = scopes.map((scope) => make({ scope }));
    for (const [number, adapter] of adapters.entries()) {
      await adapter.set('key', number);
      await adapter.set('other', number);
    }
    t.deepEqual(
      adapters.map((adapter) => adapter.get('key')),
      [0, 1, 2, 3, 4],
    );
    await adapters[0]?.remove('key');
    t.deepEqual(
      adapters.map((adapter) => adapter.get('key')),
      [undefined, 1, 2, 3, 4],
    );
    await adapters[2]?.clear();
    const late = scopes.map((scope) => make({ scope }));
    for (const adapter of late) await adapter.ready;
    for (const each of [adapters, late]) {
      t.deepEqual(
        each.map((adapter) => [adapter.get('key'), adapter.get('other')]),
        [
          [undefined, 0],
          [1, 1],
          [undefined, undefined],
          [3, 3],
          [4, 4],
        ],
      );
    }
  });

  test(`${name}: entries live as long as their ttl, and alova's records as they say`, async (t) => {
    const make = await start(t);
    const [one, other] = [make({ ttl: 300 }), make()];
    const soon = Date.now() + 300;
    await one.set('with ttl', 1);
    await other.set('$a.record', [{ data: 1 }, soon]);
    await other.set('$a.over', [{ data: 1 }, Date.now() - 1]);
    const lasting: [string, unknown][] = [
      ['no record', [1, soon]],
      ['$a.for ever', [{ data: 1 }]],
      ['$a.tagged', [{ data: 1 }, 'tag']],
      ['$a.never', [1, -1]],
    ];
    for (const [key, value] of lasting) await other.set(key, value);
    await one.set('$a.longer than the ttl', [1, Date.now() + 1_000_000]);
    if (Date.now() < soon - 50) t.deepEqual(other.get('$a.record'), [{ data: 1 }, soon]);
    t.is(other.get('$a.over'), undefined);
    for (const adapter of [one, other]) {
      await until('what had a time to live is gone', () => {
        return adapter.get('with ttl') === undefined && adapter.get('$a.record') === undefined;
      });
      t.true(Date.now() >= soon - 1);
      for (const [key, value] of lasting) t.deepEqual(adapter.get(key), value);
      await until('the last one has arrived', () => {
        return adapter.get('$a.longer than the ttl') !== undefined;
      });
    }
  });

  test(`${name}: any string is a key, and any text a value`, async (t) => {
    const make = await start(t);
    const keys = [
      ...['__proto__', 'constructor', 'toString', '', '\0', 'a\0b', '\ud800', '\udc00\ud800'],
      ...['é', '鍵', '🔑', '\ud83d', 'k'.repeat(60 * 1024), '語'.repeat(20 * 1024)],
    ];
    const text = `"\\\0\ud800é語🔑${'t'.repeat(60 * 1024)}`;
    const one = make();
    t.deepEqual(keys.map(one.get), Array(keys.length).fill(undefined));
    for (const [number, key] of keys.entries()) await one.set(key, { number, key, text });
    const late = make();
    await late.ready;
    for (const adapter of [one, late]) {
      for (const [number, key] of keys.entries()) {
        t.deepEqual(adapter.get(key), { number, key, text });
      }
    }
    for (const key of keys) await one.remove(key);
    t.deepEqual(keys.map(one.get), Array(keys.length).fill(undefined));
  });

  test(`${name}: a codec of the user's own encodes and decodes`, async (t) => {
    const make = await start(t);
    const codec = {
      encode: (value: unknown) => `${(value as Date).getTime()}`,
      decode: (encoded: string | Uint8Array) => new Date(Number(encoded)),
    };
    const [one, other] = [make({ codec }), make({ codec })];
    await one.set('key', new Date(42));
    await until('it has arrived', () => other.get('key'));
    t.deepEqual(other.get('key'), new Date(42));
  });

  test(`${name}: readers share one object, or have copies if they ask for them`, async (t) => {
    const make = await start(t);
    const [sharing, copying] = [make(), make({ copy: true })];
    const given = { list: [1] };
    await copying.set('key', given);
    given.list.push(2);
    t.deepEqual(copying.get('key'), { list: [1] });
    t.not(copying.get('key'), copying.get('key'));
    await until('it has arrived', () => sharing.get('key'));
    t.is(sharing.get('key'), sharing.get('key'));
  });

  test(`${name}: the structured codec is for native processes`, async (t) => {
    const make = await start(t);
    if (mirrors) {
      t.throws(() => make({ codec: 'structured' }), { code: 'ERR_PSC_INVALID_OPTION' });
      return;
    }
    const [one, other] = [make({ codec: 'structured' }), make({ codec: 'structured' })];
    const value = {
      instant: new Date(1),
      map: new Map([['a', new Set([1n])]]),
      bytes: new Uint8Array([1, 2, 3]),
      nothing: undefined,
      itself: null as unknown,
    };
    value.itself = value;
    await one.set('key', value);
    await one.set('undefined', undefined);
    t.deepEqual(other.get('key'), value);
    t.is(other.get('undefined'), undefined);
  });
}
