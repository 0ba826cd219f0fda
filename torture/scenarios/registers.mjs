import { checkKeys } from '../check/keys.mjs';
import { within } from '../crew.mjs';
import { readHistory } from '../history.mjs';

/** Native processes set, read, remove and clear the same keys, while they and the synchronizer are killed and stopped. */
export const registers = {
  name: 'registers',
  async run({ crew, random, ms }) {
    const maxBytes = random.pick([2, 4, 64]) * 1024 * 1024;
    const most = random.pick([0, 200, 4000, 200_000]);
    const keys = random.pick([4, 40, 2000]);
    const ttl = random.pick([undefined, undefined, 20]);
    const options = ttl === undefined ? {} : { ttl };
    const owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id, { maxBytes });
    const settings = () => ({ seed: random.seed(), ms, keys, most: Math.min(most, maxBytes / 5) });
    const playing = [];
    const join = async (start) => {
      const hand = await crew.start('native', start);
      await hand.ask('open', crew.id, options);
      const played = hand.ask('play', 'registers', settings()).catch((error) => {
        if (!hand.isKilled && start?.failpoint === undefined) throw error;
      });
      played.catch(() => {});
      playing.push(played);
      return hand;
    };
    const hands = [await join(), await join(), await join()];
    const end = performance.now() + ms;
    let synchronizer = owner;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random.below(300)));
      const fault = random.below(10);
      const at = random.below(hands.length);
      if (fault < 4) {
        await crew.kill(hands[at]);
        hands[at] = await join();
      } else if (fault < 7) {
        await crew.pause(hands[at], random.pick([5, 50, 400]));
      } else if (fault < 9 && crew.failpoints !== undefined) {
        const place = random.pick([
          'set:word',
          'set:published',
          'room:swung',
          'set:bytes',
          'set:tail',
        ]);
        crew.counts.kills += 1;
        await join({ failpoint: `${place}#${1 + random.below(200)}` });
      } else {
        crew.counts.restarts += 1;
        await crew.kill(synchronizer);
        synchronizer = await crew.start('owner');
        await synchronizer.ask('synchronize', crew.id, { maxBytes });
      }
    }
    await within('every process comes to its end', Promise.all(playing), ms + 60_000);
    const history = readHistory(crew.folder);
    return { operations: history.length, violation: checkKeys(history) };
  },
};
