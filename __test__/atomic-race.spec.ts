import test, { type ExecutionContext } from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// Real processes that change the same key at the same time.

const PROCESSES = 8;
const EACH = counts(2000, 10_000);

async function start(t: ExecutionContext, options: object = {}, number = PROCESSES) {
  t.timeout(600_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const starting = Array.from({ length: number }, () => TestProcess.start(t, 'counter'));
  const processes = await Promise.all(starting);
  await Promise.all(processes.map((each) => each.ask('open', id, options)));
  return { id, processes };
}

test(`${PROCESSES} processes increment one key, and the sum is exact`, async (t) => {
  const { id, processes } = await start(t);
  const begun = performance.now();
  await Promise.all(processes.map((each) => each.ask('increment', 'key', EACH)));
  t.log(`${PROCESSES} x ${EACH} in ${(performance.now() - begun).toFixed(0)} ms`);
  for (const each of processes) t.is(await each.ask('get', 'key'), PROCESSES * EACH);
  regionOf(id).validate();
});

test(`${PROCESSES} processes update one key, and nobody’s changes are lost`, async (t) => {
  const { id, processes } = await start(t);
  const begun = performance.now();
  await Promise.all(processes.map((each) => each.ask('update', 'key', EACH)));
  t.log(`${PROCESSES} x ${EACH} in ${(performance.now() - begun).toFixed(0)} ms`);
  const expected = Object.fromEntries(processes.map(({ pid }) => [pid, EACH]));
  for (const each of processes) t.deepEqual(await each.ask('get', 'key'), expected);
  regionOf(id).validate();
});

test('mirrors and native processes increment one key, and the sum is exact', async (t) => {
  const each = EACH / 20;
  const { id, processes } = await start(t, { mirror: true }, 4);
  const native = await TestProcess.start(t, 'counter');
  await native.ask('open', id);
  await Promise.all([
    ...processes.map((mirror) => mirror.ask('increment', 'key', each)),
    native.ask('increment', 'key', each * 20),
  ]);
  await Promise.all(processes.map((mirror) => mirror.ask('incrementAll', 'key', each)));
  t.is(await native.ask('get', 'key'), 8 * each + 20 * each);
});

test('a rate limiter on increment lets through exactly its limit, one that gets and sets more', async (t) => {
  const { processes } = await start(t);
  const limit = EACH;
  const passed = async (verb: string) => {
    const asked = processes.map((each) => each.ask<number>(verb, verb, limit, EACH));
    return (await Promise.all(asked)).reduce((sum, each) => sum + each, 0);
  };
  t.is(await passed('limit'), limit);
  const before = await passed('limitByGetAndSet');
  t.log(`get and set let ${before} through where ${limit} are allowed`);
  t.true(before > limit);
});
