import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { throwsCode } from './helpers/errors';
import { inTheMountsOf, mounted } from './helpers/mounts';
import { Participant } from './helpers/participants';
import { uniqueDirectory, uniqueId } from './helpers/unique';

// A persisted cache on a disk that is full, or cannot be written to.

const MIB = 1024 * 1024;

test('a start without room for a second file fails, and the file is as it was', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const host = await Participant.start(t, { under: mounted(directory, 'size=10m,mode=700') });
  const run = () => Participant.start(t, { under: inTheMountsOf(host.process) });
  const persist = join(directory, 'cache');
  const first = await run();
  await first.synchronize(id, { persist, maxBytes: 6 * MIB });
  const writer = await first.open(id);
  const value = 'v'.repeat(100_000);
  for (let n = 0; n < 50; n += 1) await writer.set(`key ${n}`, value);
  await first.process.kill();
  const second = await run();
  const start = () => second.synchronize(id, { persist, maxBytes: 6 * MIB });
  const error = await throwsCode(t, 'ERR_PSC_NO_SPACE', start);
  t.true(error.message.includes(directory));
  t.deepEqual(await second.process.ask('list', directory), ['cache']);
  // With less, it takes what fits: the newest.
  await second.synchronize(id, { persist, maxBytes: 3 * MIB });
  const reader = await second.open(id);
  t.is(await reader.get('key 49'), value);
  t.is(await reader.get('key 0'), undefined);
});

test('a disk without room for a beginning is no space, and nothing is left on it', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const inside = await Participant.start(t, { under: mounted(directory, 'size=1m,mode=700') });
  const start = () => inside.synchronize(id, { persist: join(directory, 'cache') });
  const error = await throwsCode(t, 'ERR_PSC_NO_SPACE', start);
  t.true(error.message.includes(directory));
  t.deepEqual(await inside.process.ask('list', directory), []);
  // The id is free, and the process can do without.
  await inside.synchronize(id);
  const adapter = await inside.open(id);
  await adapter.set('key', 1);
  t.is(await adapter.get('key'), 1);
});

test('a folder that cannot be written to is refused', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const inside = await Participant.start(t, { under: mounted(directory, 'ro,mode=700') });
  const start = () => inside.synchronize(id, { persist: join(directory, 'cache') });
  const error = await throwsCode(t, 'ERR_PSC_DIRECTORY', start);
  t.true(error.message.includes(directory));
  t.deepEqual(readdirSync(directory), []);
});
