import { join } from 'node:path';
import test from 'ava';
import type { NodePSCSynchronizerOptions } from '../ts/types';
import { psc } from './helpers/built';
import { Participant } from './helpers/participants';
import { uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// What the next synchronizer asks for holds, and the users of the cache before follow with what was in it (R39).

const MIB = 1024 * 1024;

const changes: [string, (directory: string) => NodePSCSynchronizerOptions][] = [
  ['more bytes', () => ({ maxBytes: 32 * MIB })],
  ['larger values', () => ({ maxBytes: 4 * MIB, maxValueBytes: MIB })],
  ['another directory', (directory) => ({ maxBytes: 16 * MIB, directory })],
  ['a file', (directory) => ({ maxBytes: 16 * MIB, persist: join(directory, 'cache.psc') })],
];

for (const [what, options] of changes) {
  test(`a killed synchronizer is followed by one that asks for ${what}`, async (t) => {
    const id = uniqueId(t);
    const owner = await Participant.start(t);
    await owner.synchronize(id, { maxBytes: 4 * MIB, maxValueBytes: 1000 });
    const worker = await Participant.start(t);
    const theirs = await worker.open(id);
    await theirs.set('key', 'of before');
    // Read twice: from now on it is remembered.
    for (let reads = 0; reads < 2; reads += 1) t.is(await theirs.get('key'), 'of before');
    await owner.process.kill();

    const ours = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
    t.teardown(() => ours.close());
    await ours.ready;
    const changed: string[] = [];
    ours.on('set', ({ key }) => changed.push(key));
    const asked = options(uniqueDirectory(t));
    const stop = await psc.createNodePSCSynchronizer(id, asked);
    t.teardown(stop);

    const value = 'v'.repeat(MIB - 100);
    await theirs.set('large', value);
    t.is(await theirs.get('key'), 'of before');
    t.is(await theirs.get('large'), value);
    t.is(await ours.get('large'), value);
    t.is(ours.stats().total.maxBytes, asked.maxBytes);
    // Who follows the cache before hears of what is set once it follows the new one, and never of what was moved.
    await until('what is set is told', async () => {
      await theirs.set('large', value);
      return changed.length > 0;
    });
    t.deepEqual([...new Set(changed)], ['large']);
    // Written by one, read by the other: they meet in one region.
    await ours.set('key', 'new');
    t.is(await theirs.get('key'), 'new');
  });
}
