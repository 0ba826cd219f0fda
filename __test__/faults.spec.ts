import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FAILPOINTS_BINARY, nameOfId, psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { HOME, regionOf, uniqueDirectory, uniqueId } from './helpers/unique';
import { until, within } from './helpers/until';

// A panic of the native code ends neither the process nor what ran: it is an error for who called, or a warning.

/** A process in which the native code panics once, at a failpoint. */
function startFaulty(t: ExecutionContext, failpoint: string, fixture = 'participant') {
  const env = {
    ...process.env,
    NAPI_RS_NATIVE_LIBRARY_PATH: FAILPOINTS_BINARY,
    PSC_FAILPOINT: failpoint,
    PSC_FAILPOINT_SIGNAL: 'PANIC',
  };
  return TestProcess.start(t, fixture, { env });
}

const warned = (faulty: TestProcess) =>
  until('the process warns', () => faulty.stderr.includes('PSC_INTERNAL'));

test('a panic in a write on the JavaScript thread rejects that write, and the next one succeeds', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  for (const failpoint of ['set:locked', 'set:bytes', 'set:word', 'set:published']) {
    const faulty = await startFaulty(t, failpoint);
    const adapter = await faulty.ask<number>('open', id);
    await throwsCode(t, 'ERR_PSC_INTERNAL', () => faulty.ask('set', adapter, failpoint, 1));
    await faulty.ask('set', adapter, failpoint, 2);
    t.is(await faulty.ask('get', adapter, failpoint), 2);
    const mine = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
    t.is(mine.get(failpoint), 2);
    regionOf(id).validate();
  }
});

test('a panic in a write off the JavaScript thread rejects that write, and the next one succeeds', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const faulty = await startFaulty(t, 'later:run');
  const adapter = await faulty.ask<number>('open', id);
  const mine = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  // So many that they are cleared off the JavaScript thread.
  for (let key = 0; key < 2000; key += 1) await mine.set(`${key}`, key);
  await throwsCode(t, 'ERR_PSC_INTERNAL', () => faulty.ask('clear', adapter));
  await faulty.ask('clear', adapter);
  t.is(mine.get('1'), undefined);
});

test('a panic of the thread that waits for locks loses nobody their turn', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const faulty = await startFaulty(t, 'locks:look', 'locker');
  await faulty.ask('open', id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  let finish: (value: undefined) => void = () => {};
  const held = new Promise<undefined>((resolve) => {
    finish = resolve;
  });
  const mine = adapter.getOrSet('key', () => held);
  const theirs = faulty.ask('compute', 'key', 'theirs', 1);
  await warned(faulty);
  finish(undefined);
  await mine;
  t.is(await within('their turn', theirs), 'theirs');
});

test('a panic of the thread that follows changes loses no change', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const faulty = await startFaulty(t, 'feed:look#2');
  const mirror = await faulty.ask<number>('openMirror', id);
  await faulty.ask('ready', mirror);
  const mine = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  for (const value of [1, 2, 3]) {
    await mine.set('key', value);
    await until(
      'the mirror has it',
      async () => (await faulty.ask('get', mirror, 'key')) === value,
    );
  }
  t.true(await warned(faulty));
});

test('a panic of the synchronizer’s thread is warned of, and the thread goes on', async (t) => {
  const id = uniqueId(t);
  const faulty = await startFaulty(t, 'synchronizer:look#3');
  await faulty.ask('synchronize', id);
  await warned(faulty);
  const path = join(HOME, `${nameOfId(id)}.region`);
  rmSync(path);
  t.true(await until('there is a new region', () => existsSync(path)));
});

test('a panic of the thread that writes to the disk is warned of, and the thread goes on', async (t) => {
  const id = uniqueId(t);
  const persist = join(uniqueDirectory(t), 'cache.psc');
  const faulty = await startFaulty(t, 'flush:look');
  await faulty.ask('synchronize', id, { persist });
  const adapter = await faulty.ask<number>('open', id);
  await faulty.ask('set', adapter, 'key', 'kept');
  await warned(faulty);
  await faulty.ask('stop');
  await faulty.kill();
  await synchronize(t, id, { persist });
  t.is(psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).get('key'), 'kept');
});
