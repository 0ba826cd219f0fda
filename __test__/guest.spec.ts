import test from 'ava';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// The package is a guest in its process: how that ends, and when, is for others to decide.

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} ends a process that uses the package as it ends one that does not`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const processes = await Promise.all(
      ['nothing', 'adapter', 'mirror', 'waiting adapter', 'synchronizer'].map((role, number) => {
        const args = [role, number < 3 ? id : uniqueId(t)];
        return TestProcess.start(t, 'guest', { args });
      }),
    );
    for (const each of processes) {
      each.signal(signal);
      t.deepEqual(await each.ended, { code: null, signal, stderr: '' });
    }
  });
}

const ALONE = [
  'an adapter',
  'an adapter that waits to write',
  'a mirror',
  'a mirror that waits to write',
];
const TOGETHER = [...ALONE, 'an adapter that reads and writes', 'a mirror that reads and writes'];

for (const what of TOGETHER) {
  test(`a script with ${what} ends by itself`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const script = await TestProcess.start(t, 'passer-by', { args: [what, id] });
    t.deepEqual(await script.ended, { code: 0, signal: null, stderr: '' });
    t.deepEqual(script.told, ['done']);
  });
}

for (const what of ALONE) {
  test(`a script with ${what} ends by itself where there is no synchronizer`, async (t) => {
    const script = await TestProcess.start(t, 'passer-by', { args: [what, uniqueId(t)] });
    t.deepEqual(await script.ended, { code: 0, signal: null, stderr: '' });
  });
}

test('a synchronizer keeps its process alive, unless it is unreferenced or stopped', async (t) => {
  const start = (what: string) => TestProcess.start(t, 'passer-by', { args: [what, uniqueId(t)] });
  const alive = await start('a synchronizer');
  await alive.next('has started', () => alive.told.length > 0);
  for (const what of ['an unreferenced synchronizer', 'a stopped synchronizer']) {
    const script = await start(what);
    t.deepEqual(await script.ended, { code: 0, signal: null, stderr: '' });
  }
  t.is(alive.child.exitCode, null);
  t.is(alive.child.signalCode, null);
});
