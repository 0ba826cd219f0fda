import { within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/** Many processes ask for one key that nobody can make, while others end or stop where they take a number: all get on. */
export const storm = {
  name: 'storm',
  async run({ crew, random }) {
    const owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id);
    const count = 6 + random.below(7);
    const hands = [];
    for (let n = 0; n < count; n += 1) hands.push(await crew.start('asker'));
    await Promise.all(hands.map((hand) => hand.ask('open', crew.id, { lease: 1000 })));
    const storms = hands.map((hand) =>
      hand.ask('play', 'storm', { seed: random.seed(), times: 150 }),
    );
    const ended = Promise.all(storms);
    let isOver = false;
    const noteEnd = () => {
      isOver = true;
    };
    ended.then(noteEnd, noteEnd);
    const end = performance.now() + 10_000;
    while (!isOver && performance.now() < end && crew.failpoints !== undefined) {
      const signal = random.pick(['KILL', 'STOP']);
      const failpoint = `${random.pick(['lock:choosing', 'lock:numbered'])}#${1 + random.below(4)}`;
      const victim = await crew.start('victim', { failpoint, signal });
      if (signal === 'KILL') crew.counts.kills += 1;
      else crew.counts.stops += 1;
      await victim.ask('open', crew.id, { lease: 300 }).catch(() => {});
      victim.ask('play', 'storm', { seed: random.seed(), times: 150 }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 150));
      await victim.kill();
    }
    await within('everybody who asks for a key gets an answer', ended);
    return { operations: readHistory(crew.folder).length };
  },
};
