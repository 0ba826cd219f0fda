import type { StorageAdapter } from '../types';
import { type ConformanceCase, eventually, same } from './check';

/** Makes an empty storage whose entries live so many milliseconds, where alova's own record does not say. */
export type MakeExpiring = (options: {
  readonly ttl?: number;
}) => StorageAdapter | Promise<StorageAdapter>;

/** Far enough away to set and read something before, even on a machine that has much to do. */
const SOON_MS = 400;

/** What a storage does that takes entries out by itself when their time is over. */
export const expiryCases: readonly ConformanceCase<MakeExpiring>[] = [
  {
    title: "alova's record is a miss once it says that it is over, and not before",
    async run(make) {
      const storage = await make({});
      const soon = Date.now() + SOON_MS;
      await storage.set('$a.soon', [{ data: 1 }, soon]);
      await storage.set('$a.tagged', [{ data: 1 }, soon, 'tag']);
      await storage.set('$a.late', [{ data: 1 }, soon + 1_000_000]);
      const early = [await storage.get('$a.soon'), await storage.get('$a.tagged')];
      if (Date.now() < soon - 50) {
        same('The records', early, [
          [{ data: 1 }, soon],
          [{ data: 1 }, soon, 'tag'],
        ]);
      }
      await eventually('both are over', async () => {
        return (
          (await storage.get('$a.soon')) === undefined &&
          (await storage.get('$a.tagged')) === undefined
        );
      });
      same('Whether they lived so long', Date.now() >= soon - 1, true);
      same('The late one', await storage.get('$a.late'), [{ data: 1 }, soon + 1_000_000]);
    },
  },
  {
    title: "alova's record that is over already is a miss, and what the key had is gone",
    async run(make) {
      const storage = await make({});
      await storage.set('$a.over', [{ data: 1 }]);
      await storage.set('$a.over', [{ data: 2 }, Date.now() - 1]);
      same('The record', await storage.get('$a.over'), undefined);
    },
  },
  {
    title: 'what is no record with an end does not end',
    async run(make) {
      const storage = await make({});
      const soon = Date.now() + 50;
      const lasting: [string, unknown][] = [
        ['no record', [1, soon]],
        ['hss.$a.', [1, soon]],
        ['$a.for ever', [{ data: 1 }]],
        ['$a.tagged', [{ data: 1 }, 'tag']],
        ['$a.never', [1, -1]],
        ['$a.text', [1, `${soon}`]],
        ['$a.object', { 1: soon }],
      ];
      for (const [key, value] of lasting) await storage.set(key, value);
      await eventually('time has passed', () => Date.now() > soon + 50);
      for (const [key, value] of lasting)
        same(`The value of ${key}`, await storage.get(key), value);
    },
  },
  {
    title: "a ttl ends what alova's record does not",
    async run(make) {
      const storage = await make({ ttl: SOON_MS });
      const start = Date.now();
      await storage.set('$a.longer', [1, start + 1_000_000]);
      await storage.set('key', 1);
      await storage.set('$a.for ever', [1]);
      await eventually('both are over', async () => {
        return (
          (await storage.get('key')) === undefined &&
          (await storage.get('$a.for ever')) === undefined
        );
      });
      same('Whether they lived so long', Date.now() >= start + SOON_MS - 1, true);
      same('The record with an end of its own', await storage.get('$a.longer'), [
        1,
        start + 1_000_000,
      ]);
    },
  },
  {
    title: 'what is set again lives anew',
    async run(make) {
      const storage = await make({ ttl: SOON_MS });
      const start = Date.now();
      await storage.set('key', 1);
      await storage.set('beside', 1);
      await eventually('half of its time is over', () => Date.now() >= start + SOON_MS / 2);
      const again = Date.now();
      await storage.set('key', 2);
      await eventually(
        'the first time is over',
        async () => (await storage.get('beside')) === undefined,
      );
      const value = await storage.get('key');
      if (Date.now() < again + SOON_MS - 50) same('The value', value, 2);
      await eventually(
        'the second is over, too',
        async () => (await storage.get('key')) === undefined,
      );
      same('Whether it lived so long', Date.now() >= again + SOON_MS - 1, true);
    },
  },
];
