import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { PSCStorageAdapter, StorageAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { AsyncStorage } from './helpers/storages';
import { until } from './helpers/until';
import { type MakeAdapter, WORLDS, type World } from './helpers/worlds';

// One adapter for all users: the scope is a function, and each call is in the scope that it names then.

/** An adapter, and the scope that its next call is in. */
class Tenants {
  scope: unknown = undefined;
  readonly adapter: PSCStorageAdapter;

  constructor(make: MakeAdapter, options: object = {}, storage?: StorageAdapter) {
    this.adapter = make({ ...options, scope: () => this.scope as string }, storage);
  }

  in<T>(scope: unknown, run: (adapter: PSCStorageAdapter) => T): T {
    this.scope = scope;
    try {
      return run(this.adapter);
    } finally {
      this.scope = undefined;
    }
  }
}

/** What a user may call, also on what an adapter has, so that no method is left out that comes later. */
function methodsOf(adapter: object, path = ''): [string, (...args: unknown[]) => unknown][] {
  return Object.entries(adapter).flatMap(([name, value]) => {
    if (name === 'close') return [];
    if (typeof value === 'function') return [[`${path}${name}`, value]];
    return value instanceof Promise ? [] : methodsOf(value as object, `${name}.`);
  });
}

for (const { name, mirrors, start } of WORLDS) {
  test(`${name}: each call is in the scope that the function names`, async (t) => {
    const make = await start(t);
    const tenants = new Tenants(make);
    await tenants.adapter.ready;
    for (const scope of ['ann', 'bob', '']) {
      await tenants.in(scope, (adapter) => adapter.set('key', `of ${scope}`));
    }
    const plain = make({ scope: 'ann' });
    await plain.ready;
    const unscoped = make();
    await unscoped.ready;
    t.is(plain.get('key'), 'of ann');
    t.is(unscoped.get('key'), undefined);
    await tenants.in('bob', (adapter) => adapter.remove('key'));
    await plain.set('key', 'changed');
    const read = (scope: string) => tenants.in(scope, (adapter) => adapter.get('key'));
    await until('it has arrived', () => read('ann') === 'changed');
    t.deepEqual(['ann', 'bob', ''].map(read), ['changed', undefined, 'of ']);
    await tenants.in('ann', (adapter) => adapter.clear());
    t.deepEqual(['ann', 'bob', ''].map(read), [undefined, undefined, 'of ']);
  });

  test(`${name}: without a scope, every call fails, and none reaches the entries of no scope`, async (t) => {
    const make = await start(t);
    const unscoped = make();
    await unscoped.set('key', 'nobody’s');
    const tenants = new Tenants(make);
    const thrower = make({
      scope: () => {
        throw new TypeError('no session');
      },
    });
    t.true(methodsOf(tenants.adapter).length >= 7);
    for (const [method, run] of methodsOf(tenants.adapter)) {
      await throwsCode(t, 'ERR_PSC_NO_SCOPE', () => run('key', 'value'));
      for (const bad of [null, 1, {}, Promise.resolve('ann'), 's'.repeat(5000)]) {
        await throwsCode(t, 'ERR_PSC_INVALID_SCOPE', () => tenants.in(bad, () => run('key', 1)));
      }
      t.pass(method);
    }
    for (const [, run] of methodsOf(thrower)) {
      const error = await throwsCode(t, 'ERR_PSC_NO_SCOPE', () => run('key', 'value'));
      t.true(error.cause instanceof TypeError);
    }
    t.is(unscoped.get('key'), 'nobody’s');
  });

  test(`${name}: only what answers without a promise throws, and a rejection that nobody handles is no matter`, async (t) => {
    const { adapter } = new Tenants(await start(t));
    t.throws(() => adapter.get('key'), { code: 'ERR_PSC_NO_SCOPE' });
    t.throws(() => adapter.on('set', () => {}), { code: 'ERR_PSC_NO_SCOPE' });
    t.throws(() => adapter.stats(), { code: 'ERR_PSC_NO_SCOPE' });
    for (const [method, run] of methodsOf(adapter)) {
      if (!['get', 'on', 'stats'].includes(method))
        t.notThrows(() => void run('key', 'value'), method);
    }
  });

  test(`${name}: more scopes than are kept at hand each find their own entries again`, async (t) => {
    const tenants = new Tenants(await start(t));
    const scopes = Array.from({ length: mirrors ? 200 : 3000 }, (_, n) => `user ${n}`);
    for (const round of [0, 1]) {
      for (const scope of scopes) {
        const before = tenants.in(scope, (adapter) => adapter.get('key'));
        // A mirror that was just opened asks first.
        if (round === 1 && before === undefined) {
          await tenants.in(scope, (adapter) => adapter.ready);
          t.is(
            tenants.in(scope, (adapter) => adapter.get('key')),
            scope,
          );
        } else if (round === 1) t.is(before, scope);
        await tenants.in(scope, (adapter) => adapter.set('key', scope));
        // Sets in a region settle without a turn of the loop, which the other tests of this process wait for.
        await turn();
      }
    }
  });

  test(`${name}: an adapter that was closed is closed for all scopes`, async (t) => {
    const tenants = new Tenants(await start(t));
    await tenants.in('ann', (adapter) => adapter.set('key', 1));
    tenants.adapter.close();
    tenants.adapter.close();
    for (const scope of ['ann', 'bob', undefined]) {
      await throwsCode(t, 'ERR_PSC_CLOSED', () =>
        tenants.in(scope, (adapter) => adapter.get('key')),
      );
      await throwsCode(t, 'ERR_PSC_CLOSED', () =>
        tenants.in(scope, (adapter) => adapter.set('key', 2)),
      );
      await throwsCode(t, 'ERR_PSC_CLOSED', () => tenants.in(scope, (adapter) => adapter.ready));
    }
  });

  test(`${name}: a shared scope is read beneath each one’s own, and never written to`, async (t) => {
    const make = await start(t);
    const shared = make({ scope: 'all' });
    await shared.set('$a.public', [1]);
    await shared.set('$a.both', ['shared']);
    await shared.set('hss.source', { '$a.public': 0 });
    const tenants = new Tenants(make, { sharedScope: 'all' });
    const fixed = make({ scope: 'ann', sharedScope: 'all' });
    await until('it has arrived', () => fixed.get('$a.both'));
    await fixed.set('$a.both', ['ann']);
    const read = (scope: string, key: string) => tenants.in(scope, (adapter) => adapter.get(key));
    await until(
      'it has arrived',
      () => (read('ann', '$a.both') as string[] | undefined)?.[0] === 'ann',
    );
    t.deepEqual(read('ann', '$a.both'), ['ann']);
    t.deepEqual(fixed.get('$a.both'), ['ann']);
    t.deepEqual(read('bob', '$a.both'), ['shared']);
    t.deepEqual(read('bob', '$a.public'), [1]);
    t.is(read('bob', 'hss.source'), undefined, 'alova would write the keys of others into it');
    await tenants.in('bob', (adapter) => adapter.remove('$a.both'));
    await tenants.in('bob', (adapter) => adapter.clear());
    await fixed.clear();
    t.deepEqual(shared.get('$a.both'), ['shared']);
    t.deepEqual(fixed.get('$a.both'), ['shared']);
    // Beneath no scope there is nothing, either.
    await throwsCode(t, 'ERR_PSC_NO_SCOPE', () => tenants.adapter.get('$a.public'));
  });

  test(`${name}: a clear that detaches removes nobody’s entries`, async (t) => {
    const make = await start(t);
    const other = make({ scope: 'ann' });
    await other.set('key', { n: 1 });
    const fixed = make({ scope: 'ann', onClear: 'detach' });
    const tenants = new Tenants(make, { onClear: 'detach' });
    const inAnn = <T>(run: (adapter: PSCStorageAdapter) => T) => tenants.in('ann', run);
    await inAnn((adapter) => adapter.ready);
    await fixed.ready;
    for (const clear of [
      () => fixed.clear(),
      () => inAnn((adapter) => adapter.clear()),
      () => tenants.adapter.clear(),
    ]) {
      const before = inAnn((adapter) => adapter.get('key'));
      await clear();
      t.deepEqual(other.get('key'), { n: 1 });
      t.deepEqual(fixed.get('key'), { n: 1 });
      t.deepEqual(
        inAnn((adapter) => adapter.get('key')),
        before,
      );
    }
    await fixed.set('key', 2);
    await until('it has arrived', () => other.get('key') === 2);
  });
}

for (const { name, start } of WORLDS.filter(({ mirrors }) => !mirrors)) {
  test(`${name}: what one scope locks or computes, no other waits for`, async (t) => {
    const tenants = new Tenants(await start(t));
    const inAnn = <T>(run: (adapter: PSCStorageAdapter) => T) => tenants.in('ann', run);
    const inBob = <T>(run: (adapter: PSCStorageAdapter) => T) => tenants.in('bob', run);
    await inAnn(({ locker }) => locker.lock('name'));
    await inBob(({ locker }) => locker.lock('name'));
    // Ann is not called for while many others are: what she has locked is hers all the same.
    for (let n = 0; n < 3000; n += 1) {
      tenants.in(`user ${n}`, (adapter) => adapter.get('key'));
      await turn();
    }
    const again = inAnn(({ locker }) => locker.lock('name'));
    await inAnn(({ locker }) => locker.unlock('name'));
    await again;
    await inBob(({ locker }) => locker.unlock('name'));
    await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => inAnn(({ locker }) => locker.lock('name')));
    let release = () => {};
    const slow = inAnn((adapter) =>
      adapter.getOrSet(
        'key',
        () =>
          new Promise<string>((resolve) => {
            release = () => resolve('of ann');
          }),
      ),
    );
    t.is(await inBob((adapter) => adapter.getOrSet('key', () => 'of bob')), 'of bob');
    release();
    t.is(await slow, 'of ann');
    t.is(
      inAnn((adapter) => adapter.get('key')),
      'of ann',
    );
    t.is(
      inBob((adapter) => adapter.get('key')),
      'of bob',
    );
  });

  test(`${name}: what a shared scope has, is not computed`, async (t) => {
    const make = await start(t);
    await make({ scope: 'all' }).set('key', 'shared');
    const tenants = new Tenants(make, { sharedScope: 'all' });
    const get = (key: string) =>
      tenants.in('ann', (adapter) => adapter.getOrSet(key, () => 'computed'));
    t.is(await get('key'), 'shared');
    t.is(await get('other'), 'computed');
    t.is(make({ scope: 'all' }).get('other'), undefined);
    t.is(make({ scope: 'ann' }).get('key'), undefined);
  });
}

test('a clear that detaches drops what was decoded, of the scope or, outside of any, of all', async (t) => {
  const make = await (WORLDS[0] as World).start(t);
  const tenants = new Tenants(make, { onClear: 'detach' });
  const read = (scope: string) => tenants.in(scope, (adapter) => adapter.get('key'));
  for (const scope of ['ann', 'bob']) {
    await tenants.in(scope, (adapter) => adapter.set('key', { scope }));
    // What was read twice is kept.
    t.is(read(scope), read(scope));
  }
  const [ann, bob] = [read('ann'), read('bob')];
  await tenants.in('ann', (adapter) => adapter.clear());
  t.not(read('ann'), ann);
  t.is(read('bob'), bob);
  await tenants.adapter.clear();
  t.not(read('bob'), bob);
});

for (const kind of ['synchronous', 'asynchronous']) {
  test(`a ${kind} storage of one’s own keeps the scopes apart, and only the latest of them`, async (t) => {
    const make = await (WORLDS[0] as World).start(t);
    const slow = new AsyncStorage();
    const storage = kind === 'synchronous' ? new psc.ExplicitCacheAdapter() : slow;
    await storage.set('left over', 1);
    const keys = () =>
      kind === 'synchronous'
        ? Object.keys((storage as InstanceType<typeof psc.ExplicitCacheAdapter>).getCache())
        : [...slow.entries.keys()];
    const tenants = new Tenants(make, {}, storage);
    const scopes = Array.from({ length: 150 }, (_, n) => `user ${n}`);
    for (const scope of scopes) {
      await tenants.in(scope, (adapter) => adapter.set('key', scope));
      t.is(await tenants.in(scope, (adapter) => adapter.get('key')), scope);
    }
    t.false(keys().includes('left over'));
    await until('what was not called for lately is gone', () => keys().length < 100);
    for (const scope of scopes) {
      await tenants.in(scope, (adapter) => adapter.ready);
      t.is(await tenants.in(scope, (adapter) => adapter.get('key')), scope);
    }
    await tenants.in('user 149', (adapter) => adapter.clear());
    t.is(await tenants.in('user 149', (adapter) => adapter.get('key')), undefined);
    t.is(await tenants.in('user 148', (adapter) => adapter.get('key')), 'user 148');
  });
}
