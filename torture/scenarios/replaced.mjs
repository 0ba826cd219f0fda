import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../crew.mjs';

/** Milliseconds within which a reader notices that its region was replaced: ten times what is promised, and more. */
const NOTICED_MS = 15_000;

/**
 * Readers that remember a value, while one synchronizer follows another with other options, or the files are removed. What is
 * in use comes along.
 */
export const replaced = {
  name: 'replaced',
  async run({ crew, random, ms }) {
    const readers = [await crew.start('reader'), await crew.start('reader')];
    const optionsOf = {
      memory: {},
      larger: { maxBytes: 2 ** 27 },
      smaller: { maxBytes: 2 ** 22 },
      elsewhere: { directory: join(crew.folder, 'elsewhere') },
      one: { persist: join(crew.folder, 'one.psc') },
      other: { persist: join(crew.folder, 'other.psc') },
    };
    let operations = 0;
    let kind = 'memory';
    let isNew = true;
    const end = performance.now() + ms;
    for (let round = 0; performance.now() < end; round += 1) {
      const owner = await crew.start('owner');
      await owner.ask('synchronize', crew.id, optionsOf[kind]);
      await owner.ask('open', crew.id);
      if (round === 0) await Promise.all(readers.map((reader) => reader.ask('open', crew.id)));
      if (isNew) await owner.ask('set', 'kept', 'kept');
      const value = `round ${round}`;
      await owner.ask('set', 'key', value);
      for (const reader of readers) {
        const reads = async () => {
          operations += 1;
          return (await reader.ask('get', 'key')) === value;
        };
        const what = `a reader has what was set after a synchronizer with ${kind} had started`;
        await until(what, reads, NOTICED_MS);
        for (let n = 0; n < 5; n += 1) await reader.ask('get', 'key');
        const kept = await reader.ask('get', 'kept');
        if (kept !== 'kept') {
          const lost = `what was in use was not there after a synchronizer with ${kind} had started`;
          return { operations, violation: { what: lost, operations: [] } };
        }
      }
      crew.counts.restarts += 1;
      if (random.chance(0.5)) await owner.ask('stop');
      await owner.kill();
      const next = random.pick([...Object.keys(optionsOf), 'removed']);
      isNew = next === 'removed';
      if (isNew) removeRegions(crew.id);
      kind = isNew ? 'memory' : next;
    }
    return { operations };
  },
};

/** As somebody does who clears up shared memory. */
function removeRegions(id) {
  const home = `/dev/shm/psc-native-${process.getuid()}`;
  for (const file of readdirSync(home)) {
    if (file.includes(id)) rmSync(join(home, file), { recursive: true, force: true });
  }
}
