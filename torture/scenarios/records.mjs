import { within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/** One process changes records of every length in a small region, until they have ended at every place of it. */
export const records = {
  name: 'records',
  async run({ crew, random, ms }) {
    const one = await crew.start('native');
    await one.ask('synchronize', crew.id, { maxBytes: 2 * 1024 * 1024 });
    await one.ask('open', crew.id);
    const settings = {
      seed: random.seed(),
      ms,
      keys: random.pick([500, 2000]),
      most: random.pick([200, 3000]),
    };
    await within('the process comes to its end', one.ask('play', 'records', settings), ms + 60_000);
    const [failed] = readHistory(crew.folder).filter(({ kind }) => kind === 'update');
    const violation = failed && { what: 'a change was refused', operations: [failed] };
    return { operations: 1, violation };
  },
};
