import { until, within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/**
 * Mirrors and native processes write the same keys, while the synchronizer is restarted: all come to hold the same. Of some
 * mirrors the messages overtake each other.
 */
export const mirrors = {
  name: 'mirrors',
  async run({ crew, random, ms }) {
    let owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id);
    const keys = 2 + random.below(20);
    const hands = [];
    for (const mirror of [true, true, true, false]) {
      const hand = await crew.start(mirror ? 'mirror' : 'native');
      await hand.ask('open', crew.id, { mirror, reordering: mirror && random.chance(0.5) });
      hands.push(hand);
    }
    const settings = (isMirror) => ({ seed: random.seed(), ms, keys, most: 100, isMirror });
    const playing = hands.map((hand, index) => hand.ask('play', 'mirrors', settings(index < 3)));
    for (const played of playing) played.catch(() => {});
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 200 + random.below(400)));
      if (random.chance(0.5)) await crew.pause(random.pick(hands), random.pick([10, 100]));
      else {
        crew.counts.restarts += 1;
        await crew.kill(owner);
        owner = await crew.start('owner');
        await owner.ask('synchronize', crew.id);
      }
    }
    await within('every process comes to its end', Promise.all(playing), ms + 60_000);
    const history = readHistory(crew.folder);
    const sets = new Map(
      history.filter(({ kind }) => kind === 'set').map((set) => [set.value, set]),
    );
    for (const own of history.filter(({ kind }) => kind === 'own')) {
      const [wrote, read] = [sets.get(own.wrote), sets.get(own.value)];
      // What others have set since is newer, and what was refused at once reads as before.
      if (read === undefined || wrote.error !== undefined || read.to >= wrote.from) continue;
      const what = 'a writer read what was there before it wrote';
      return { operations: history.length, violation: { what, operations: [read, wrote, own] } };
    }
    for (let key = 0; key < keys; key += 1) {
      const read = () => Promise.all(hands.map((hand) => hand.ask('get', `key ${key}`)));
      await until(`all hold the same in key ${key}`, async () => new Set(await read()).size === 1);
    }
    return { operations: history.length };
  },
};
