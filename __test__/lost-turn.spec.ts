import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FAILPOINTS_BINARY, psc } from './helpers/built';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { untilStopped } from './helpers/stopping';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueDirectory, uniqueId } from './helpers/unique';
import { within } from './helpers/until';

// Whoever waits to compute a key gets its turn, whatever becomes of the others (R37).

for (const signal of ['KILL', 'STOP']) {
  test(`a process that was told while it was busy gets its turn though another one ends in its way: ${signal}`, async (t) => {
    const id = uniqueId(t);
    await synchronize(t, id);
    const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
    const env = {
      ...process.env,
      NAPI_RS_NATIVE_LIBRARY_PATH: FAILPOINTS_BINARY,
      PSC_FAILPOINT: 'lock:choosing',
      PSC_FAILPOINT_SIGNAL: signal,
    };
    const waiter = await TestProcess.start(t, 'locker');
    const victim = await TestProcess.start(t, 'locker', { env });
    await waiter.ask('open', id);
    await victim.ask('open', id, { lease: 500 });
    let finish: (value: undefined) => void = () => {};
    const held = new Promise<undefined>((resolve) => {
      finish = resolve;
    });
    const computing = adapter.getOrSet('key', () => held);
    const waiting = waiter.ask('compute', 'key', 'theirs', 1);
    // The question to block is read behind the one before, which waits for its turn then.
    const end = join(uniqueDirectory(t), 'end');
    const blocked = waiter.ask('block', end);
    await waiter.next('blocks', () => waiter.told.includes('blocks'));
    finish(undefined);
    await computing;
    victim.ask('compute', 'key', 'never', 1).catch(() => {});
    if (signal === 'KILL') await victim.ended;
    else await untilStopped(victim.pid);
    writeFileSync(end, '');
    await blocked;
    t.is(await within('its turn', waiting), 'theirs');
    t.is(adapter.get('key'), 'theirs');
  });
}

test('many processes that ask for one key, which nobody can make, all get an answer', async (t) => {
  t.timeout(300_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const count = counts(8, 40);
  for (let round = 0; round < counts(1, 5); round += 1) {
    const start = async () => {
      const one = await TestProcess.start(t, 'locker');
      await one.ask('open', id);
      return one;
    };
    const all = await Promise.all(Array.from({ length: count }, start));
    const storms = all.map((one) => one.ask('storm', `key ${round}`, counts(40, 60)));
    await within('every answer', Promise.all(storms), 120_000);
    await Promise.all(all.map((one) => one.kill()));
  }
  t.notThrows(() => regionOf(id).validate());
});
