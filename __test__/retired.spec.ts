import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { NodePSCSynchronizerOptions } from '../ts/types';
import { nameOfId } from './helpers/built';
import { Participant } from './helpers/participants';
import { filesOf, HOME, uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// A value that a process remembers does not outlive the region it was read from.

/** Ten times the bound that region.md states for a process that nobody told (R19). */
const NOTICED_MS = 10_000;

type Options = NodePSCSynchronizerOptions;

interface Change {
  readonly title: string;
  /** Options of the first synchronizer and of the next one. */
  options(directory: string): [Options, Options];
  /** What happens to the region between the two. */
  between?(id: string): void;
}

const changes: Change[] = [
  {
    title: 'begins to persist',
    options: (directory) => [{}, { persist: join(directory, 'cache.psc') }],
  },
  {
    title: 'does not persist any more',
    options: (directory) => [{ persist: join(directory, 'cache.psc') }, {}],
  },
  {
    title: 'persists to another file',
    options: (directory) => [
      { persist: join(directory, 'one.psc') },
      { persist: join(directory, 'other.psc') },
    ],
  },
  {
    title: 'finds that the region was removed',
    options: () => [{}, {}],
    between: (id) => rmSync(join(HOME, `${nameOfId(id)}.region`)),
  },
  {
    title: 'finds that everything of the id was removed',
    options: () => [{}, {}],
    between: (id) => {
      for (const file of filesOf(id)) rmSync(join(HOME, file), { recursive: true, force: true });
    },
  },
];

async function start(t: ExecutionContext, id: string, options: Options, index?: string) {
  const env = { ...process.env, ...(index && { PSC_NATIVE_INDEX: index }) };
  const owner = await Participant.start(t, { env });
  await owner.synchronize(id, options);
  return owner;
}

for (const index of ['memory', 'call']) {
  for (const { title, options, between } of changes) {
    test(`checked by ${index}, a remembered value is dropped when the next synchronizer ${title}`, async (t) => {
      const id = uniqueId(t);
      const [before, after] = options(uniqueDirectory(t));
      const owner = await start(t, id, before);
      const env = { ...process.env, PSC_NATIVE_INDEX: index };
      const reader = await Participant.start(t, { env });
      const adapter = await reader.open(id);
      await adapter.set('key', 'old');
      // Read twice: from now on it is remembered.
      for (let reads = 0; reads < 3; reads += 1) t.is(await adapter.get('key'), 'old');
      await owner.stop();
      await owner.process.kill();
      between?.(id);
      const next = await start(t, id, after);
      await (await next.open(id)).set('key', 'new');
      const look = async () => (await adapter.get('key')) === 'new';
      await until('the reader has the new value', look, NOTICED_MS);
    });
  }
}
