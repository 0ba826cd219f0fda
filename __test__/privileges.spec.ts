import { chmodSync, chownSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { PSCAdmission } from '../ts/types';
import { nameOfId, psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { HOME, uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// Workers of root's that gave up their privileges (R40).

/** Users, and a group, that nobody is. */
const [WORKER, STRANGER] = [61_236, 61_237];

// Only root can admit others and become them, as CI is.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

const regionPathOf = (id: string) => join(HOME, `${nameOfId(id)}.region`);

test.after.always(() => {
  for (const user of [WORKER, STRANGER]) {
    rmSync(`/dev/shm/psc-native-${user}`, { recursive: true, force: true });
  }
});

async function start(t: ExecutionContext, env: NodeJS.ProcessEnv = {}): Promise<TestProcess> {
  return TestProcess.start(t, 'unprivileged', { env: { ...process.env, ...env } });
}

async function as(t: ExecutionContext, user: number, env?: NodeJS.ProcessEnv) {
  const started = await start(t, env);
  await started.ask('become', user, '/nonexistent');
  return started;
}

const admissions: [string, PSCAdmission][] = [
  ['user', { user: WORKER }],
  ['group', { group: WORKER }],
];

for (const [what, admit] of admissions) {
  asRoot(
    `a worker that gave up its privileges shares the cache that admits its ${what}`,
    async (t) => {
      const id = uniqueId(t);
      const owner = await start(t);
      await owner.ask('synchronize', id, { admit });
      await owner.ask('open', id);
      // Before, and after: told by the environment, and told nothing.
      const early = await start(t);
      await early.ask('open', id);
      await early.ask('become', WORKER, '/nonexistent');
      const told = await as(t, WORKER, { PSC_NATIVE_HOME: HOME });
      const untold = await as(t, WORKER);
      const all = [owner, early, told, untold];
      for (const each of all.slice(2)) await each.ask('open', id);
      for (const [number, each] of all.entries()) {
        await each.ask('set', 'key', number);
        for (const other of all) t.is(await other.ask('get', 'key'), number);
      }
      t.is(await told.ask('increment', 'count'), 1);
      t.is(await owner.ask('increment', 'count'), 2);
      // Locks are asked for, held and given back by either.
      t.is(await told.ask('getOrSet', 'made', 'by the worker'), 'by the worker');
      t.is(await owner.ask('getOrSet', 'made', 'by root'), 'by the worker');

      await owner.kill();
      await told.ask('set', 'key', 'alone');
      t.is(await untold.ask('get', 'key'), 'alone');
      const next = await start(t);
      await next.ask('synchronize', id, { admit, maxBytes: 2 ** 25 });
      await next.ask('open', id);
      t.is(await next.ask('get', 'key'), 'alone');
      await next.ask('set', 'key', 'new');
      for (const each of [early, told, untold]) {
        await until('all follow', async () => (await each.ask('get', 'key')) === 'new');
      }
    },
  );
}

asRoot('nobody else gets in, and is told so', async (t) => {
  const id = uniqueId(t);
  t.teardown(await psc.createNodePSCSynchronizer(id, { admit: { user: WORKER } }));
  const file = statSync(regionPathOf(id));
  t.deepEqual([file.uid, file.mode & 0o777, statSync(HOME).mode & 0o777], [WORKER, 0o600, 0o711]);
  const stranger = await as(t, STRANGER, { PSC_NATIVE_HOME: HOME });
  await stranger.ask('make', id);
  await until('it is told', () => stranger.stderr.includes('admit: { user'), 20_000);
  await stranger.ask('set', 'key', 1);
  const [entries] = [
    psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).stats().total.entries,
  ];
  t.is(entries, 0);
});

asRoot('whom a synchronizer admits is asked for, like its other options', async (t) => {
  const id = uniqueId(t);
  const first = await psc.createNodePSCSynchronizer(id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.teardown(() => adapter.close());
  await adapter.set('key', 1);
  await first();
  t.teardown(await psc.createNodePSCSynchronizer(id, { admit: { group: WORKER } }));
  t.is(adapter.get('key'), 1);
  const { uid, gid, mode } = statSync(regionPathOf(id));
  t.deepEqual([uid, gid, mode & 0o777], [0, WORKER, 0o660]);
});

asRoot('a file and a directory of the user’s own are for the user to open', async (t) => {
  const directory = uniqueDirectory(t);
  const admit = { user: WORKER };
  chmodSync(directory, 0o700);
  const refused = () => psc.createNodePSCSynchronizer(uniqueId(t), { admit, directory });
  await throwsCode(t, 'ERR_PSC_DIRECTORY', refused);
  chmodSync(directory, 0o711);
  const umask = process.umask(0o077);
  t.teardown(() => process.umask(umask));
  for (const options of [{ directory }, { persist: join(directory, 'cache.psc') }]) {
    const id = uniqueId(t);
    const stop = await psc.createNodePSCSynchronizer(id, { ...options, admit });
    await stop();
    // Once more: what is kept belongs to the user by now.
    t.teardown(await psc.createNodePSCSynchronizer(id, { ...options, admit }));
    const worker = await as(t, WORKER, { PSC_NATIVE_HOME: HOME });
    await worker.ask('open', id);
    await worker.ask('set', 'key', 1);
    t.is(await worker.ask('get', 'key'), 1);
  }
});

asRoot('a file is not kept for others in a folder that others can write to', async (t) => {
  const directory = uniqueDirectory(t);
  chmodSync(directory, 0o771);
  const persist = join(directory, 'cache.psc');
  const refused = () =>
    psc.createNodePSCSynchronizer(uniqueId(t), { admit: { user: WORKER }, persist });
  await throwsCode(t, 'ERR_PSC_DIRECTORY', refused);
});

asRoot('a folder that others can write to is not believed to be root’s', async (t) => {
  const id = uniqueId(t);
  const folder = uniqueDirectory(t);
  for (const spoil of [
    () => chownSync(folder, STRANGER, STRANGER),
    () => chmodSync(folder, 0o777),
  ]) {
    chownSync(folder, 0, 0);
    spoil();
    const worker = await as(t, WORKER, { PSC_NATIVE_HOME: folder });
    await worker.ask('make', id);
    t.is(await worker.ask('get', 'key'), undefined);
  }
});

test('whom to admit is a number, of a user or of a group', async (t) => {
  for (const admit of [{}, 33, null, { user: 'www-data' }, { user: -1 }, { user: 1, group: 1 }]) {
    const options = { admit } as never;
    const error = await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => {
      return psc.createNodePSCSynchronizer(uniqueId(t), options);
    });
    t.regex(error.message, /id -u www-data/);
  }
});

asRoot('only root can admit others', async (t) => {
  const worker = await as(t, WORKER);
  const error = await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () => {
    return worker.ask('synchronize', uniqueId(t), { admit: { user: STRANGER } });
  });
  t.regex(error.message, /only root/);
});
