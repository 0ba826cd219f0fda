import { readdirSync } from 'node:fs';
import test from 'ava';
import { throwsCode } from './helpers/errors';
import { mounted } from './helpers/mounts';
import { Participant } from './helpers/participants';
import { filesOf, uniqueDirectory, uniqueId } from './helpers/unique';

// R12: no room for the first step is an error that leaves nothing behind; a later step without room makes the cache
// smaller than asked for, and ends nobody.

test('a limit on the size of files is no space', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const under = ['sh', '-c', 'ulimit -f 2048 && exec "$@"', 'sh'];
  const limited = await Participant.start(t, { under });
  // The system would end a program that does not expect it.
  await limited.process.ask('expectSignal', 'SIGXFSZ');
  const start = () => limited.synchronize(id, { directory });
  const error = await throwsCode(t, 'ERR_PSC_NO_SPACE', start);
  t.true(error.message.includes(directory));
  t.deepEqual(readdirSync(directory), []);
  await limited
    .synchronize(id, { directory: uniqueDirectory(t), maxBytes: 2 * 1024 * 1024 - 1 })
    .then(
      () => t.fail(),
      (refused) => t.is(refused.code, 'ERR_PSC_INVALID_OPTION'),
    );
});

test('a full file system is no space, and leaves no half a cache', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const inside = await Participant.start(t, { under: mounted(directory, 'size=2m,mode=700') });
  await throwsCode(t, 'ERR_PSC_NO_SPACE', () => inside.synchronize(id, { directory }));
  t.deepEqual(await inside.process.ask('list', directory), []);
  t.deepEqual(filesOf(id), []);
  await inside.synchronize(id);
  const adapter = await inside.open(id);
  await adapter.set('key', 1);
  t.is(await adapter.get('key'), 1);
});

test('a file system that fills up later makes the cache smaller, and that is said once', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const inside = await Participant.start(t, { under: mounted(directory, 'size=8m,mode=700') });
  await inside.synchronize(id, { directory });
  const adapter = await inside.open(id);
  const value = 'v'.repeat(100_000);
  for (let n = 0; n < 300; n += 1) {
    await adapter.set(`key ${n}`, value);
    t.is(await adapter.get(`key ${n}`), value);
  }
  t.is(await adapter.get('key 0'), undefined);
  await inside.process.next('says so', () => inside.process.stderr.includes('PSC_OUT_OF_SPACE'));
  t.is(inside.process.stderr.match(/PSC_OUT_OF_SPACE/g)?.length, 1);
});
