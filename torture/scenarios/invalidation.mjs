import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFlights } from '../check/flights.mjs';
import { within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/** A key is invalidated while others compute it: nobody who asks afterwards is given what was made before. */
export const invalidation = {
  name: 'invalidation',
  async run({ crew, random, ms }) {
    const truth = join(crew.folder, 'truth');
    writeFileSync(truth, '1'.padStart(12));
    const owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id);
    const writer = await crew.start('writer');
    const computers = [await crew.start('computer'), await crew.start('computer')];
    // One that is killed while it computes, and started again.
    let victim = await crew.start('victim');
    for (const hand of [writer, ...computers, victim]) await hand.ask('open', crew.id);
    const settings = () => ({ seed: random.seed(), ms, truth });
    const playing = [
      writer.ask('play', 'invalidates', settings()),
      ...computers.map((hand) => hand.ask('play', 'computes', settings())),
    ];
    for (const played of playing) played.catch(() => {});
    const end = performance.now() + ms - 500;
    while (performance.now() < end) {
      victim.ask('play', 'computes', settings()).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50 + random.below(300)));
      await crew.kill(victim);
      victim = await crew.start('victim');
      await victim.ask('open', crew.id);
    }
    await within('everybody who asks gets an answer', Promise.all(playing), ms + 60_000);
    const history = readHistory(crew.folder);
    const invalidations = history.filter(({ version }) => version !== undefined);
    const reads = history.filter(({ kind }) => kind === 'getOrSet' || kind === 'get');
    return { operations: history.length, violation: checkFlights(invalidations, reads) };
  },
};
