import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until } from './helpers/until';
import { wrapped } from './helpers/worlds';

// Each bad input is a typed error, and nothing has changed afterwards.

const MAX_VALUE_BYTES = 100_000;

async function filled(t: ExecutionContext, mirror: boolean) {
  const id = uniqueId(t);
  await synchronize(t, id, { maxValueBytes: MAX_VALUE_BYTES });
  const transport = () => (mirror ? wrapped(id) : psc.NodeSyncAdapter(undefined, id));
  const [adapter, other] = [transport(), transport()].map((each) => psc.createPSCAdapter(each));
  if (adapter === undefined || other === undefined) throw new Error('never');
  t.teardown(() => [adapter, other].map((each) => each.close()));
  await adapter.set('key', 'kept');
  await until('the other has it', () => other.get('key'));
  const state = () => {
    const { entries } = JSON.parse(regionOf(id).stats());
    return [adapter.get('key'), other.get('key'), entries];
  };
  const unchanged = (what: string) => {
    regionOf(id).validate();
    t.deepEqual(state(), ['kept', 'kept', 1], what);
  };
  return { id, adapter, unchanged };
}

for (const mirror of [false, true]) {
  const who = mirror ? 'a mirror' : 'a native adapter';

  test(`${who} refuses keys that are no strings`, async (t) => {
    const { adapter, unchanged } = await filled(t, mirror);
    for (const bad of [undefined, null, 1, {}, ['key'], Symbol('key'), new String('key')]) {
      const key = bad as string;
      const refused = (run: () => unknown) => throwsCode(t, 'ERR_PSC_INVALID_KEY', run);
      await refused(() => adapter.set(key, 1));
      await refused(() => adapter.get(key));
      await refused(() => adapter.remove(key));
      unchanged('keys');
    }
  });

  test(`${who} refuses keys over 64 KiB`, async (t) => {
    const { adapter, unchanged } = await filled(t, mirror);
    for (const key of ['k'.repeat(64 * 1024 + 1), '語'.repeat(22 * 1024)]) {
      await throwsCode(t, 'ERR_PSC_KEY_TOO_LARGE', () => adapter.set(key, 1));
      await throwsCode(t, 'ERR_PSC_KEY_TOO_LARGE', () => adapter.update(key, () => 1));
      t.is(adapter.get(key), undefined);
      await adapter.remove(key);
      unchanged('long keys');
    }
    await adapter.set('k'.repeat(64 * 1024), 1);
    t.is(adapter.get('k'.repeat(64 * 1024)), 1);
  });

  test(`${who} refuses values over maxValueBytes, and the old value stays`, async (t) => {
    const { adapter, unchanged } = await filled(t, mirror);
    const large = 'v'.repeat(MAX_VALUE_BYTES - 1);
    await throwsCode(t, 'ERR_PSC_VALUE_TOO_LARGE', () => adapter.set('key', large));
    await throwsCode(t, 'ERR_PSC_VALUE_TOO_LARGE', () => adapter.set('another', large));
    unchanged('large values');
    await adapter.set('key', large.slice(1));
    t.is(adapter.get<string>('key')?.length, MAX_VALUE_BYTES - 2);
  });

  test(`${who} refuses values that JSON cannot encode`, async (t) => {
    const { adapter, unchanged } = await filled(t, mirror);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const thrower = {
      toJSON() {
        throw new TypeError('not me');
      },
    };
    for (const value of [cycle, 1n, { deep: [1n] }, undefined, () => 1, Symbol('s'), thrower]) {
      await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.set('key', value));
      await throwsCode(t, 'ERR_PSC_SERIALIZE', () => adapter.set('another', value));
      unchanged('values');
    }
  });

  test(`${who} refuses scopes that are no strings, and options that cannot work`, async (t) => {
    const { id, unchanged } = await filled(t, mirror);
    const make = (options: unknown) => {
      const transport = mirror ? wrapped(id) : psc.NodeSyncAdapter(undefined, id);
      return psc.createPSCAdapter(transport, undefined, options as object);
    };
    for (const scope of [null, 1, {}, Symbol('s'), 's'.repeat(64 * 1024)]) {
      await throwsCode(t, 'ERR_PSC_INVALID_SCOPE', () => make({ scope }));
    }
    const options = [
      ...[null, 1, { ttl: 0 }, { ttl: -1 }, { ttl: '1' }, { ttl: Number.NaN }, { codec: 'xml' }],
      ...[{ codec: {} }, { copy: 1 }, { memoBytes: 0 }],
    ];
    for (const bad of options) {
      await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => make(bad));
    }
    unchanged('options');
  });

  test(`${who} that was closed does nothing any more`, async (t) => {
    const { id, adapter } = await filled(t, mirror);
    adapter.close();
    adapter.close();
    for (const run of [
      () => adapter.get('key'),
      () => adapter.set('key', 2),
      () => adapter.remove('key'),
      () => adapter.clear(),
    ]) {
      await throwsCode(t, 'ERR_PSC_CLOSED', run);
    }
    t.is(psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).get('key'), 'kept');
  });
}

test('a value that a codec of the user refuses, or gives no text for, changes nothing', async (t) => {
  const { id, unchanged } = await filled(t, false);
  const cause = new Error('not today');
  const make = (encode: () => string) =>
    psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
      codec: { encode, decode: (text) => text },
    });
  const thrower = make(() => {
    throw cause;
  });
  const error = await throwsCode(t, 'ERR_PSC_SERIALIZE', () => thrower.set('key', 1));
  t.is(error.cause, cause);
  const numbers = make(() => 1 as unknown as string);
  await throwsCode(t, 'ERR_PSC_SERIALIZE', () => numbers.set('key', 1));
  unchanged('codecs');
});

test('arguments that are of no use are refused where they are given', async (t) => {
  const refused = (run: () => unknown) => throwsCode(t, 'ERR_PSC_INVALID_OPTION', run);
  await refused(() => psc.NodeSyncAdapter(1 as never));
  await refused(() => psc.NodeSyncAdapter(undefined, 1 as never));
  await refused(() => psc.createPSCAdapter({} as never));
  await refused(() => psc.createPSCAdapter(wrapped(uniqueId(t)), {} as never));
  await refused(() => psc.createNodePSCSynchronizer(1 as never));
  const start = (options: unknown) => psc.createNodePSCSynchronizer(uniqueId(t), options as object);
  for (const options of [
    ...[null, { maxBytes: 0 }, { maxBytes: 1000 }, { maxBytes: '1' }, { maxBytes: 2 ** 60 }],
    ...[{ maxValueBytes: -1 }, { maxValueBytes: 2 ** 30 }, { directory: 1 }, { unref: 1 }],
  ]) {
    await refused(() => start(options));
  }
});
