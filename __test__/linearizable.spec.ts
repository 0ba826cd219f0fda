import { once } from 'node:events';
import test from 'ava';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

const TIMES = counts(2000, 100_000);
const KEYS = 7;

test('who hears that a set has resolved reads what was set', async (t) => {
  t.timeout(600_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const writer = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  // Both ways of checking what a reader remembers; the third remembers nothing.
  const readers = await Promise.all(
    ['memory', 'call', 'memory'].map((index) => {
      return TestProcess.start(t, 'reader', { env: { ...process.env, PSC_NATIVE_INDEX: index } });
    }),
  );
  await Promise.all(
    readers.map((reader, number) => reader.ask('open', id, { copy: number === 2 })),
  );
  const wrong: unknown[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    const key = `key ${n % KEYS}`;
    const { child } = readers[n % readers.length] as TestProcess;
    const gone = n % 11 === 10;
    await (gone ? writer.remove(key) : writer.set(key, { n }));
    child.send({ written: key });
    const [{ read }] = await once(child, 'message');
    if (read?.n !== (gone ? undefined : n)) wrong.push({ n, key, read });
  }
  t.deepEqual(wrong, []);
});
