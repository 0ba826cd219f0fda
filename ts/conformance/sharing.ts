import type { ProcessSharedCacheAdapterOptions, PSCStorageAdapter } from '../types';
import { type ConformanceCase, eventually, holds, refuses, same } from './check';
import { KEYS } from './storage';

/**
 * Makes an adapter that shares one cache with the others that the same function has made, as if each were in a process of
 * its own. The cache is empty at first, and each case is given another.
 */
export type MakeSharing = (
  options?: Pick<ProcessSharedCacheAdapterOptions, 'scope' | 'ttl' | 'codec' | 'copy'>,
) => PSCStorageAdapter | Promise<PSCStorageAdapter>;

/** What adapters do that share a cache, over whatever transport. */
export const sharingCases: readonly ConformanceCase<MakeSharing>[] = [
  {
    title: 'what one sets, removes and clears, the others see',
    async run(make) {
      const [one, other] = [await make(), await make()];
      same('A miss', one.get('key'), undefined);
      await one.set('key', { text: 'Grüße' });
      await one.set('second', 0);
      same('What one has set', one.get('key'), { text: 'Grüße' });
      await eventually('the other has both', () => other.get('second') === 0);
      same('What the other sees', other.get('key'), { text: 'Grüße' });
      await other.remove('key');
      same('What was removed', other.get('key'), undefined);
      await eventually('the key is gone', () => one.get('key') === undefined);
      same('The second', one.get('second'), 0);
      await one.clear();
      same('What was cleared', one.get('second'), undefined);
      await eventually('all is gone', () => other.get('second') === undefined);
    },
  },
  {
    title: 'a set is read at once by who set it',
    async run(make) {
      const adapter = await make();
      const settled = adapter.set('key', 1);
      same('The first', adapter.get('key'), 1);
      const second = adapter.set('key', 2);
      same('The second', adapter.get('key'), 2);
      const removed = adapter.remove('key');
      same('The removed', adapter.get('key'), undefined);
      await Promise.all([settled, second, removed]);
      same('The removed, later', adapter.get('key'), undefined);
    },
  },
  {
    title: 'a key that is too large for the cache is a miss, and setting it is refused',
    async run(make) {
      const [one, other] = [await make(), await make()];
      const key = 'k'.repeat(64 * 1024 + 1);
      same('The key', one.get(key), undefined);
      await refuses('ERR_PSC_KEY_TOO_LARGE', 'to set it', () => one.set(key, 1));
      await refuses('ERR_PSC_KEY_TOO_LARGE', 'to update it', () => one.update(key, () => 1));
      same('The value that is computed', await one.getOrSet(key, () => 'made'), 'made');
      for (const adapter of [one, other]) same('The key', adapter.get(key), undefined);
      await one.set('key', 1);
      same('Another key', one.get('key'), 1);
    },
  },
  {
    title: 'what JSON does not carry is refused, and never read as something else',
    async run(make) {
      const adapter = await make();
      const lost: readonly (readonly [string, unknown])[] = [
        ['a Map', new Map([['k', 1]])],
        ['a Set', new Set([1])],
        ['an ArrayBuffer', new ArrayBuffer(1)],
        ['a typed array', new Uint8Array([1])],
        ['a number that is none', Number.NaN],
        ['an infinite number', Number.POSITIVE_INFINITY],
        ['an URL', new URL('http://localhost/')],
        ['a Map inside of a list', [{ inner: [new Map()] }]],
        ['a typed array inside of an object', { inner: { bytes: new Uint8Array([1]) } }],
        ["the Map in alova's record", [new Map(), Date.now() + 60_000]],
      ];
      for (const [what, value] of lost) {
        const key = what.includes('alova') ? '$a.key' : 'key';
        await refuses('ERR_PSC_SERIALIZE', `to set ${what}`, () => adapter.set(key, value));
        same(`The key that was to hold ${what}`, adapter.get(key), undefined);
      }
      const kept = { empty: {}, list: [], nothing: null, inner: { '0': 'zero' } };
      await adapter.set('key', kept);
      same('A value that JSON carries', adapter.get('key'), kept);
    },
  },
  {
    title: 'scopes share no key, no removal and no clear',
    async run(make) {
      const scopes = ['l1', 'l2', '', undefined, '__proto__'];
      const open = () => Promise.all(scopes.map(async (scope) => make({ scope })));
      const adapters = await open();
      const read = (all: readonly PSCStorageAdapter[], key: string) =>
        all.map((each) => each.get(key));
      for (const [number, adapter] of adapters.entries()) {
        await adapter.set('key', number);
        await adapter.set('other', number);
      }
      same('What each has set', read(adapters, 'key'), [0, 1, 2, 3, 4]);
      await adapters[0]?.remove('key');
      same('What is left', read(adapters, 'key'), [undefined, 1, 2, 3, 4]);
      await adapters[2]?.clear();
      const late = await open();
      for (const adapter of late) await adapter.ready;
      for (const all of [adapters, late]) {
        same('What is left', read(all, 'key'), [undefined, 1, undefined, 3, 4]);
        same('The others', read(all, 'other'), [0, 1, undefined, 3, 4]);
      }
    },
  },
  {
    title: "entries live as long as the ttl of who set them, and alova's records as they say",
    async run(make) {
      const [one, other] = [await make({ ttl: 300 }), await make()];
      const soon = Date.now() + 300;
      await one.set('with ttl', 1);
      await other.set('$a.record', [{ data: 1 }, soon]);
      await one.set('$a.longer than the ttl', [1, Date.now() + 1_000_000]);
      for (const adapter of [one, other]) {
        await eventually('what had a time to live is gone', () => {
          return adapter.get('with ttl') === undefined && adapter.get('$a.record') === undefined;
        });
        holds('it lived so long', Date.now() >= soon - 1);
        const longer = () => adapter.get('$a.longer than the ttl') !== undefined;
        await eventually('the last one has arrived', longer);
      }
    },
  },
  {
    title: 'who joins late sees any key and any text',
    async run(make) {
      const text = `"\\\0\ud800é語🔑${'t'.repeat(60 * 1024)}`;
      const one = await make();
      for (const [number, key] of KEYS.entries()) await one.set(key, { number, key, text });
      const late = await make();
      await late.ready;
      for (const [number, key] of KEYS.entries()) {
        same(`The value of ${key.slice(0, 60)}`, late.get(key), { number, key, text });
      }
    },
  },
  {
    title: "a codec of the user's own encodes and decodes",
    async run(make) {
      const codec = {
        encode: (value: unknown) => `${(value as Date).getTime()}`,
        decode: (encoded: string | Uint8Array) => new Date(Number(encoded)),
      };
      const [one, other] = [await make({ codec }), await make({ codec })];
      await one.set('key', new Date(42));
      await eventually('it has arrived', () => other.get('key') !== undefined);
      same('The value', other.get('key'), new Date(42));
    },
  },
  {
    title: 'readers share one object, or have copies if they ask for them',
    async run(make) {
      const [sharing, copying] = [await make(), await make({ copy: true })];
      const given = { list: [1] };
      await copying.set('key', given);
      given.list.push(2);
      same('What was set', copying.get('key'), { list: [1] });
      const copies = [copying.get('key'), copying.get('key')];
      holds('copies are two objects', copies[0] !== copies[1]);
      await eventually('it has arrived', () => sharing.get('key') !== undefined);
      const read = [sharing.get('key'), sharing.get('key')];
      holds('readers share one', read[0] === read[1]);
    },
  },
  {
    title: 'a listener hears what the others do',
    async run(make) {
      const [one, other] = [await make(), await make()];
      await one.ready;
      await other.ready;
      const heard: string[] = [];
      const stops = (['set', 'remove', 'clear'] as const).map((type) => {
        return one.on(type, ({ key }) => heard.push(`${type} ${key}`));
      });
      await other.set('key', 1);
      await other.remove('key');
      await other.clear();
      const isHeard = () => heard.includes('clear ');
      await eventually('all was heard', isHeard);
      // A mirror may be told of the last change of a key alone.
      same('What was heard last', heard.slice(-2), ['remove key', 'clear ']);
      for (const stop of stops) stop();
    },
  },
];
