import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { KEYS, nthKey, nthValue } from './fixtures/killed-values.cjs';
import { counts } from './helpers/counts';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { seeded } from './helpers/random';
import { untilStopped } from './helpers/stopping';
import { uniqueDirectory, uniqueId } from './helpers/unique';

// What a machine may leave of a persisted cache: its file is copied while processes write to it, a piece at a time and so
// of many moments, and damaged. Opening it crashes nobody, and nothing is read that was not set.

const COPIES = counts(40, 500);
const MAX_BYTES = 4 * 1024 * 1024;
const PAGE = 4096;
/** A copy of one moment, because the writers stand still meanwhile. */
const OF_ONE_MOMENT = 'copied while nobody wrote';

type Random = () => number;

/** Damages a file's bytes, and says how. */
const DAMAGES: Record<string, (bytes: Buffer, random: Random) => Buffer> = {
  'as it was copied': (bytes) => bytes,
  [OF_ONE_MOMENT]: (bytes) => bytes,
  'cut short': (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  'with bytes flipped': (bytes, random) => {
    for (let left = 1 + random() * 500; left > 0; left -= 1) {
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    }
    return bytes;
  },
  'with pages lost': (bytes, random) => {
    for (let left = 1 + random() * 200; left > 0; left -= 1) {
      const page = 1 + Math.floor(random() * (bytes.length / PAGE - 1));
      bytes.fill(0, page * PAGE, (page + 1) * PAGE);
    }
    return bytes;
  },
  'copied in part': (bytes, random) => bytes.fill(0, Math.floor(random() * bytes.length)),
  'with its header flipped': (bytes, random) => {
    const at = Math.floor(random() * PAGE);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return bytes;
  },
};

test('a file that was copied while it was written to, and damaged, gives nothing that was not set', async (t) => {
  t.timeout(600_000);
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const random = seeded(Date.now());
  const owner = await Participant.start(t);
  await owner.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const writers = [1, 2];
  const pids: number[] = [];
  for (const writer of writers) {
    const process = await TestProcess.start(t, 'killed-writer');
    process.ask('write', id, writer, join(directory, `acknowledged ${writer}`)).catch(() => {});
    await process.next('writes', () => process.told.length > 0);
    pids.push(process.pid);
  }
  const copyOf = async (how: string) => {
    if (how !== OF_ONE_MOMENT) return readFileSync(persist);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await Promise.all(pids.map(untilStopped));
    const copied = readFileSync(persist);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    return copied;
  };
  const acknowledged = (writer: number) =>
    Number(readFileSync(join(directory, `acknowledged ${writer}`), 'utf8'));
  const opener = await Participant.start(t);
  let [found, aside] = [0, 0];
  for (let round = 0; round < COPIES; round += 1) {
    const [how, damage] = Object.entries(DAMAGES)[round % 7] as [string, (typeof DAMAGES)[string]];
    const copy = join(directory, `copy ${round}`);
    writeFileSync(copy, damage(await copyOf(how), random));
    const most = new Map(writers.map((writer) => [writer, acknowledged(writer) + 1]));
    const copied = uniqueId(t);
    try {
      await opener.synchronize(copied, { persist: copy, maxBytes: MAX_BYTES });
    } catch (error) {
      // Not one bit says that it was ours.
      t.is((error as { code?: string }).code, 'ERR_PSC_CORRUPT', how);
      continue;
    }
    const adapter = await opener.open(copied);
    let entries = 0;
    for (let key = 0; key < KEYS; key += 1) {
      const value = await adapter.get<{ writer: number; n: number }>(nthKey(key));
      if (value === undefined) continue;
      entries += 1;
      t.is(nthKey(value.n), nthKey(key), how);
      t.true(value.n <= (most.get(value.writer) ?? -1), how);
      t.deepEqual(value, nthValue(value.writer, value.n), how);
    }
    if (how === OF_ONE_MOMENT) t.true(entries > KEYS / 2, `${entries} of ${KEYS}`);
    found += entries;
    if (entries === 0) aside += 1;
    await adapter.set('afterwards', round);
    t.is(await adapter.get('afterwards'), round);
    await adapter.close();
    await opener.stop();
  }
  t.log(`${COPIES} copies: ${found} entries found, ${aside} without any`);
  t.is(opener.process.child.exitCode, null);
});
