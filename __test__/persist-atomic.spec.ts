import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { counts } from './helpers/counts';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { uniqueDirectory, uniqueId } from './helpers/unique';

// A number in a file, which processes of one run after another add to until all of them are killed.

const MAX_BYTES = 2 * 1024 * 1024;
const KILLS = counts(6, 60);
const COUNTERS = 2;

test('all processes are killed while they count: each acknowledged step is there, and at most the one under way', async (t) => {
  t.timeout(600_000);
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache');
  let [least, most] = [0, 0];
  for (let round = 0; round < KILLS; round += 1) {
    const owner = await Participant.start(t);
    await owner.synchronize(id, { persist, maxBytes: MAX_BYTES });
    const [adapter, others] = [await owner.open(id), await owner.open(id, { scope: 'others' })];
    const sum = (await adapter.get<number>('sum')) ?? 0;
    t.true(sum >= least && sum <= most, `${sum} in round ${round}, not ${least} to ${most}`);
    [least, most] = [sum, sum];
    if (round % 3 === 2) {
      await adapter.clear();
      [least, most] = [0, 0];
    }
    let isOver = false;
    const counters = Array.from({ length: COUNTERS }, async () => {
      const counter = await TestProcess.start(t, 'counter');
      await counter.ask('open', id);
      const counting = async () => {
        while (!isOver) {
          most += 1;
          await counter.ask('increment', 'sum', 1);
          least += 1;
        }
      };
      return { counter, counted: counting().catch(() => {}) };
    });
    const started = await Promise.all(counters);
    // The log goes round under them in two runs, and not while they wait for their turn.
    for (let n = 0; n < 200; n += 1) await others.set(`key ${n}`, 'v'.repeat(5000));
    await delay(Math.random() * 100);
    await Promise.all([owner.process.kill(), ...started.map(({ counter }) => counter.kill())]);
    isOver = true;
    await Promise.all(started.map(({ counted }) => counted));
    t.true(least > 0);
  }
});
