// A small application: a process with the synchronizer, and workers beside it.

import { startChild } from './child.mjs';
import { makeScratch, removeScratch } from './scratch.mjs';

/** `use` gets a function that starts a worker, whose adapter is open when it resolves. */
export async function withApplication(library, { maxBytes }, use) {
  const scratch = makeScratch();
  const id = `psc-native-bench-${library}-${process.pid}`;
  const children = [];
  const start = (program) => {
    const child = startChild(new URL(`./programs/${program}.mjs`, import.meta.url));
    children.push(child);
    return child;
  };
  try {
    // Options that @alova/psc does not know, it ignores.
    await start('synchronizer').ask('start', library, id, { directory: scratch, maxBytes });
    return await use(async (program) => {
      const worker = start(program);
      await worker.ask('open', library, id);
      return worker;
    });
  } finally {
    for (const child of children) await child.end();
    removeScratch(scratch);
  }
}
