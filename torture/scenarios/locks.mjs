import { checkExclusion } from '../check/exclusion.mjs';
import { within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/** Processes lock a few names, while some of them are killed: nobody holds beside another, and all get on. */
export const locks = {
  name: 'locks',
  async run({ crew, random, ms }) {
    const owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id);
    const settings = () => ({ seed: random.seed(), ms, names: 1 + random.below(3) });
    const hands = [];
    const playing = [];
    const killedAt = new Map();
    const join = async () => {
      const hand = await crew.start('locker');
      await hand.ask('open', crew.id);
      const played = hand.ask('play', 'locks', settings()).catch((error) => {
        if (!hand.isKilled) throw error;
      });
      played.catch(() => {});
      playing.push(played);
      return hand;
    };
    for (let n = 0; n < 4; n += 1) hands.push(await join());
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random.below(200)));
      const at = random.below(hands.length);
      killedAt.set(hands[at].name, Number(process.hrtime.bigint()));
      await crew.kill(hands[at]);
      hands[at] = await join();
    }
    await within('every process comes to its end', Promise.all(playing), ms + 60_000);
    const holds = readHistory(crew.folder)
      .filter(({ kind }) => kind === 'hold')
      .map((hold) => ({ ...hold, to: Math.min(hold.to, killedAt.get(hold.process) ?? hold.to) }));
    const names = new Set(holds.map(({ key }) => key));
    for (const name of names) {
      const violation = checkExclusion(holds.filter(({ key }) => key === name));
      if (violation) return { operations: holds.length, violation };
    }
    return { operations: holds.length };
  },
};
