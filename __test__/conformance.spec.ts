import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import type { StorageAdapter } from '../ts/types';
import { conformance, psc } from './helpers/built';
import { AsyncStorage } from './helpers/storages';
import { uniqueDirectory } from './helpers/unique';
import { WORLDS, type World } from './helpers/worlds';

// The suites that users hold their own storages and adapters to, over all of ours.

const { expiryCases, sharingCases, storageCases } = conformance;

for (const { name, mirrors, start } of WORLDS) {
  for (const { title, run } of sharingCases) {
    test.serial(`${name}: ${title}`, async (t) => {
      await t.notThrowsAsync(run(await start(t)));
    });
  }

  for (const { title, run } of storageCases) {
    test.serial(`${name}, as a storage: ${title}`, async (t) => {
      await t.notThrowsAsync(run(async () => (await start(t))()));
    });
  }

  for (const { title, run } of expiryCases) {
    test(`${name}, as a storage: ${title}`, async (t) => {
      await t.notThrowsAsync(run(async (options) => (await start(t))(options)));
    });
  }

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

const STORAGES: Readonly<Record<string, () => StorageAdapter>> = {
  'memory storage': () => psc.createMemoryStorage(),
  'memory storage that copies': () => psc.createMemoryStorage({ copy: true }),
  'memory storage, structured': () => psc.createMemoryStorage({ codec: 'structured' }),
  'explicit storage': () => new psc.ExplicitCacheAdapter(),
  'asynchronous storage': () => new AsyncStorage(),
};

for (const [name, make] of Object.entries(STORAGES)) {
  for (const { title, run } of storageCases) {
    test.serial(`${name}: ${title}`, async (t) => {
      await t.notThrowsAsync(run(make));
    });
  }
}

for (const { title, run } of expiryCases) {
  test(`memory storage: ${title}`, async (t) => {
    await t.notThrowsAsync(run((options) => psc.createMemoryStorage(options)));
  });
}

for (const { title, run } of sharingCases) {
  test.serial(`mirrors of the region in memory storages: ${title}`, async (t) => {
    const make = await (WORLDS[0] as World).start(t);
    const storage = () => psc.createMemoryStorage({ codec: 'structured' });
    await t.notThrowsAsync(run((options) => make(options, storage())));
  });
}

test('what does not conform is found', async (t) => {
  const failing = async (make: () => StorageAdapter) => {
    const results = await Promise.allSettled(storageCases.map(({ run }) => run(make)));
    return storageCases.filter((_, number) => results[number]?.status === 'rejected').length;
  };
  const { length } = storageCases;
  const nothing = psc.createNullStorage();
  t.true((await failing(() => nothing)) > length / 2);
  const shared = new psc.ExplicitCacheAdapter();
  t.is(await failing(() => new psc.ExplicitCacheAdapter()), 0);
  t.true((await failing(() => shared)) > 0);
  const record: Record<string, unknown> = {};
  const plain = () => ({
    set: (key: string, value: unknown) => {
      record[key] = value;
    },
    get: <T>(key: string) => record[key] as T,
    remove: (key: string) => {
      delete record[key];
    },
    clear: () => {},
  });
  t.true((await failing(plain)) > 0);
});

test('the suites run with the runner of Node, in three lines', async (t) => {
  const program = [
    "import test from 'node:test';",
    `import { storageCases } from '${join(__dirname, '../dist/conformance/index.mjs')}';`,
    'for (const { title, run } of storageCases) test(title, () => run(() => storage()));',
    'const storage = () => {',
    '  const map = new Map();',
    '  return { set: (k, v) => map.set(k, v), get: (k) => map.get(k), remove: (k) => map.delete(k), clear: () => map.clear() };',
    '};',
  ];
  const path = join(uniqueDirectory(t), 'storage.test.mjs');
  writeFileSync(path, program.join('\n'));
  // A test runner that finds itself in another one reports to that.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', path], { env });
  t.regex(stdout, new RegExp(`pass ${storageCases.length}\\b`));
});
