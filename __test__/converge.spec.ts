import test, { type ExecutionContext } from 'ava';
import type { SharedCacheEvent, SharedEventHandler } from '../ts/types';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// Six processes set the same keys at once. Then all of them read the same.

const PROCESSES = 6;
const KEYS = 1000;
const ROUNDS = counts(4, 20);

function start(t: ExecutionContext): Promise<TestProcess[]> {
  return Promise.all(Array.from({ length: PROCESSES }, () => TestProcess.start(t, 'racer')));
}

/** How many keys the processes do not read alike, or read as something that nobody set in this round. */
async function differences(racers: TestProcess[], round: number): Promise<number> {
  const values = racers.map(({ pid }) => `${pid} in ${round}`);
  const [first = [], ...others] = await Promise.all(
    racers.map((racer) => racer.ask<string[]>('read', KEYS)),
  );
  return first.filter((value, key) => {
    return !values.includes(value) || others.some((other) => other[key] !== value);
  }).length;
}

test('native processes read the same value of every key, as soon as their sets have resolved', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const racers = await start(t);
  await Promise.all(racers.map((racer) => racer.ask('open', id)));
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(racers.map((racer) => racer.ask('race', round, KEYS)));
    t.is(await differences(racers, round), 0);
    regionOf(id).validate();
  }
});

/** The transport's other side: the parent broadcasts, and answers one alone where it is asked to. */
function overChannels(racers: TestProcess[]) {
  return {
    send: (event: SharedCacheEvent) => {
      for (const { child } of racers) child.send({ event });
    },
    receive: (handler: SharedEventHandler) => {
      for (const { child } of racers) {
        child.on('message', ({ event }: { event?: SharedCacheEvent }) => {
          if (event !== undefined)
            void handler(event, (reply) => void child.send({ event: reply }));
        });
      }
    },
  };
}

test("mirrors over a user's transport come to read the same value of every key", async (t) => {
  t.timeout(240_000);
  const racers = await start(t);
  const synchronizer = psc.createPSCSynchronizer(overChannels(racers));
  t.teardown(() => synchronizer.close());
  await Promise.all(racers.map((racer) => racer.ask('open')));
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(racers.map((racer) => racer.ask('race', round, KEYS)));
    await until('all read the same', async () => (await differences(racers, round)) === 0);
  }
  t.is(synchronizer.stats().malformed, 0);
});
