import test, { type ExecutionContext } from 'ava';
import { FAILPOINTS_BINARY, psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { untilStopped } from './helpers/stopping';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { within } from './helpers/until';

// Nobody is taken for dead, or alive, by what cannot be told (R14): without descriptors, and over namespaces.

const NAMESPACES = [
  '--fork',
  '--kill-child',
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
];
const elsewhere = (...kinds: string[]) => ['unshare', ...kinds, ...NAMESPACES];

async function holder(t: ExecutionContext, id: string, under: string[] = []) {
  const started = await TestProcess.start(t, 'locker', { under });
  await started.ask('open', id);
  await started.ask('lock', 'name');
  return started;
}

test('a process without descriptors robs nobody of a lock', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const owner = await holder(t, id);
  const starved = await TestProcess.start(t, 'starved', { under: ['prlimit', '--nofile=64'] });
  await starved.ask('open', id);
  t.true((await starved.ask<number>('starve')) > 0);
  for (let tries = 0; tries < 5; tries += 1) {
    await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => starved.ask('lock', 'name'));
  }
  await owner.ask('unlock', 'name');
  await starved.ask('lock', 'name');
});

test('a process without descriptors does not write in the turn of a writer that is stopped', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const starved = await TestProcess.start(t, 'starved', { under: ['prlimit', '--nofile=64'] });
  await starved.ask('open', id);
  const env = {
    ...process.env,
    NAPI_RS_NATIVE_LIBRARY_PATH: FAILPOINTS_BINARY,
    PSC_FAILPOINT: 'set:locked',
    PSC_FAILPOINT_SIGNAL: 'STOP',
  };
  const writer = await TestProcess.start(t, 'participant', { env });
  const theirs = await writer.ask<number>('open', id);
  const written = writer.ask('set', theirs, 'key', 'theirs');
  await untilStopped(writer.pid);
  await starved.ask('starve');
  await throwsCode(t, 'ERR_PSC_TIMEOUT', () => starved.ask('set', 'key', 'robbed'));
  writer.signal('SIGCONT');
  await written;
  t.is(psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).get('key'), 'theirs');
  t.notThrows(() => regionOf(id).validate());
});

for (const [what, owners, others] of [
  ['the holder', elsewhere('--time', '--boottime', '100000'), []],
  ['the other one', [], elsewhere('--time', '--boottime', '100000')],
  ['the holder, by its pid,', elsewhere('--pid'), []],
  ['the other one, by its pid,', [], elsewhere('--pid')],
] as const) {
  test(`a lock is not robbed where ${what} is in a namespace of its own`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const owner = await holder(t, id, [...owners]);
    const other = await TestProcess.start(t, 'locker', { under: [...others] });
    await other.ask('open', id);
    await throwsCode(t, 'ERR_PSC_LOCK_TIMEOUT', () => other.ask('lock', 'name'));
    await owner.ask('unlock', 'name');
    await other.ask('lock', 'name');
    t.pass();
  });
}

for (const [what, namespaces] of [
  ['a pid namespace that sees the outer process table', elsewhere('--pid')],
  ['a pid namespace with a table of its own', elsewhere('--pid', '--mount-proc')],
  ['a time namespace', elsewhere('--time', '--boottime', '100000')],
] as const) {
  test(`a writer that is killed in ${what} is known to be dead there`, async (t) => {
    const id = uniqueId(t);
    const started = await TestProcess.start(t, 'namespaced', { under: [...namespaces] });
    const outlived = started.ask<[number, string, string]>('outlive', id, FAILPOINTS_BINARY);
    const [pid, signal, value] = await within('the next write', outlived);
    t.deepEqual([signal, value], ['SIGKILL', 'after']);
    if (namespaces.includes('--pid'))
      t.true(pid < 100, `${pid} is a number of the outer namespace`);
  });
}
