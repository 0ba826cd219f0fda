// The process of one contestant.

import { answer } from './child.mjs';
import { addedUp } from './loops.mjs';

let round;

answer({
  async prepare(module, start, options) {
    const contestants = await import(`./contestants/${module}.mjs`);
    round = await contestants[start](options);
  },
  async round() {
    globalThis.gc();
    const used = await round();
    if (Number.isNaN(addedUp())) throw new Error('A value was not what had been set');
    return used;
  },
});
