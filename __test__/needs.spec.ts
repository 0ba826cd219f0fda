import test from 'ava';
import { psc } from './helpers/built';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// A cache is looked for, and missed, only while somebody needs it.

for (const way of ['a write that waits', 'an adapter whose ready was asked for']) {
  test(`${way} needs a cache: it is looked for until there is one, or nobody needs it`, async (t) => {
    const id = uniqueId(t);
    const seeker = await TestProcess.start(t, 'seeker');
    const looks = () => seeker.ask<number>('looks');
    await seeker.ask('need', way, id);
    const before = await looks();
    await until('it is looked for', async () => (await looks()) > before + 3);
    await seeker.ask('close', id);
    const closed = await looks();
    // One that is needed is missed after five seconds; this one had less time to go.
    const needed = uniqueId(t);
    const witness = await TestProcess.start(t, 'seeker');
    await witness.ask('need', way, needed);
    await until('another one is missed', () => witness.stderr.includes(needed), 50_000);
    t.is(await looks(), closed);
    t.is(seeker.stderr, '');
  });
}

test('an adapter that is only there looks for nothing, and finds the cache when it is asked', async (t) => {
  const id = uniqueId(t);
  const seeker = await TestProcess.start(t, 'seeker');
  const witness = await TestProcess.start(t, 'seeker');
  await seeker.ask('need', 'an adapter that is only there', id);
  const before = await seeker.ask('looks');
  const needed = uniqueId(t);
  await witness.ask('need', 'a write that waits', needed);
  await until('another one is missed', () => witness.stderr.includes(needed), 50_000);
  t.is(await seeker.ask('looks'), before);
  t.is(seeker.stderr, '');
  await synchronize(t, id);
  await psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id)).set('key', 1);
  t.is(await seeker.ask('get', id, 'key'), 1);
});
