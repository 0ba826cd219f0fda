import type { StorageAdapter } from '../types';
import { type ConformanceCase, holds, same } from './check';

/** Makes an empty storage, each time another one. */
export type MakeStorage = () => StorageAdapter | Promise<StorageAdapter>;

/** Keys that are strings like any other, and that storages have met trouble with. */
export const KEYS: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'size',
    '',
    ' ',
    '0',
    '-1',
  ],
  ...[
    '\0',
    'a\0b',
    'a/b',
    '../a',
    'a:b',
    '\ud800',
    '\udc00\ud800',
    '\ud83d',
    'é',
    'e\u0301',
    '鍵',
    '🔑',
  ],
  ...['a', 'A', 'aa', 'k'.repeat(60 * 1024), '語'.repeat(20 * 1024)],
  ...['$a.2["GET","/unit-test",{"name":"test"},null,{}]', 'hss.a', 'hsr.^a', '$$hsrs'],
];

const VALUES: readonly unknown[] = [
  ...['text', '', 0, -1, 1.5, true, false, null],
  ...[[], {}, [1, [2, [3]]], { a: { b: [{ c: null }] } }],
  ...['"\\\0\ud800é語🔑', 't'.repeat(300_000), JSON.parse('{"__proto__":{"a":1}}')],
];

/** An instant of alova's that is not over while the suite runs. */
const FAR = () => Date.now() + 1_000_000_000;

/** What every storage of alova's does, for `l1Cache`, `l2Cache` and `createPSCAdapter`'s second argument. */
export const storageCases: readonly ConformanceCase<MakeStorage>[] = [
  {
    title: 'a miss is undefined',
    async run(make) {
      const storage = await make();
      for (const key of KEYS)
        same(`The value of ${key.slice(0, 60)}`, await storage.get(key), undefined);
    },
  },
  {
    title: 'what was set is read, whatever JSON value it is',
    async run(make) {
      const storage = await make();
      for (const [number, value] of VALUES.entries()) {
        await storage.set(`key ${number}`, value);
        same(`Value ${number}`, await storage.get(`key ${number}`), value);
      }
      for (const [number, value] of VALUES.entries()) {
        same(`Value ${number}, later`, await storage.get(`key ${number}`), value);
      }
    },
  },
  {
    title: 'what is set again replaces what was set',
    async run(make) {
      const storage = await make();
      await storage.set('key', { old: 1 });
      await storage.get('key');
      await storage.set('key', { new: 2 });
      same('The value', await storage.get('key'), { new: 2 });
      await storage.get('key');
      await storage.set('key', 3);
      same('The value', await storage.get('key'), 3);
    },
  },
  {
    title: 'any string is a key, and no two are one',
    async run(make) {
      const storage = await make();
      for (const [number, key] of KEYS.entries()) await storage.set(key, { number });
      for (const [number, key] of KEYS.entries()) {
        same(`The value of ${key.slice(0, 60)}`, await storage.get(key), { number });
      }
    },
  },
  {
    title: 'a key that was removed is a miss, and the others are not',
    async run(make) {
      const storage = await make();
      for (const key of KEYS) await storage.set(key, key.length);
      for (const [number, key] of KEYS.entries()) {
        await storage.get(key);
        await storage.remove(key);
        same('The removed one', await storage.get(key), undefined);
        const next = KEYS[number + 1];
        if (next !== undefined) same('The next one', await storage.get(next), next.length);
      }
    },
  },
  {
    title: 'removing what is not there does nothing',
    async run(make) {
      const storage = await make();
      await storage.set('key', 1);
      for (const key of ['absent', '__proto__', '']) await storage.remove(key);
      same('The value', await storage.get('key'), 1);
    },
  },
  {
    title: 'clear removes all, and what is set afterwards is there',
    async run(make) {
      const storage = await make();
      await storage.clear();
      for (const key of KEYS) await storage.set(key, 1);
      await storage.get('a');
      await storage.clear();
      for (const key of KEYS)
        same(`The value of ${key.slice(0, 60)}`, await storage.get(key), undefined);
      await storage.set('a', 2);
      same('What was set afterwards', await storage.get('a'), 2);
      same('What was not', await storage.get('A'), undefined);
    },
  },
  {
    title: "alova's records come back in the shape they were set in",
    async run(make) {
      const storage = await make();
      const records = [
        [{ data: 1 }],
        [{ data: 1 }, FAR()],
        [{ data: 1 }, 'tag'],
        [{ data: 1 }, FAR(), 'tag'],
        [3, -1],
      ];
      for (const [number, record] of records.entries()) await storage.set(`$a.${number}`, record);
      for (const [number, record] of records.entries()) {
        same(`Record ${number}`, await storage.get(`$a.${number}`), record);
      }
    },
  },
  {
    title: "alova's hit sources are read, changed and written back",
    async run(make) {
      const storage = await make();
      for (let number = 0; number < 20; number += 1) {
        const targets = ((await storage.get('hss.source')) ?? {}) as Record<string, number>;
        targets[`target ${number}`] = 0;
        await storage.set('hss.source', targets);
        const sources = ((await storage.get('$$hsrs')) ?? []) as string[];
        sources.push(`source ${number}`);
        await storage.set('$$hsrs', sources);
      }
      const targets = await storage.get<object>('hss.source');
      same('The number of targets', Object.keys(targets ?? {}).length, 20);
      same('The number of sources', (await storage.get<unknown[]>('$$hsrs'))?.length, 20);
    },
  },
  {
    title: 'a thousand entries are all there',
    async run(make) {
      const storage = await make();
      for (let n = 0; n < 1000; n += 1) await storage.set(`key ${n}`, { n });
      for (let n = 0; n < 1000; n += 1) same(`Entry ${n}`, await storage.get(`key ${n}`), { n });
    },
  },
  {
    title: 'two storages share nothing',
    async run(make) {
      const [one, other] = [await make(), await make()];
      await one.set('key', 1);
      same('The other', await other.get('key'), undefined);
      await other.clear();
      holds('the first keeps its entry', (await one.get('key')) === 1);
    },
  },
];
