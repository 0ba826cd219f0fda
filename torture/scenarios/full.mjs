import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkKeys } from '../check/keys.mjs';
import { until, within } from '../crew.mjs';
import { besideDisk, whyNoDisk, withDisk } from '../disk.mjs';
import { readHistory } from '../history.mjs';
import { Violation } from '../violation.mjs';

const MIB = 2 ** 20;

/** Milliseconds for which the processes of a cache play. It takes its room soon after it was made, so there are several. */
const LIFE_MS = 2000;

/** Why a write may fail: what does not fit where there is little room. Its process may wait for a turn long, too. */
const ALLOWED = ['ERR_PSC_VALUE_TOO_LARGE', 'ERR_PSC_TIMEOUT'];

const PLACES = ['set:bytes', 'set:tail', 'set:pad', 'room:head', 'room:copied', 'set:word'];

/**
 * A cache on a small disk that fills up and has room again, while processes write and are killed. It becomes smaller than it
 * was to be, and nothing else: nobody is ended by the system, and no write is refused that fits.
 */
export const full = {
  name: 'full',
  leftOut: whyNoDisk,
  async run({ crew, random, ms }) {
    const folder = join(crew.folder, 'disk');
    mkdirSync(folder);
    const isKept = random.chance(0.3);
    // What is kept needs room for a second file when it is read again.
    const bytes = (isKept ? 5 * MIB : 3 * MIB) + random.below(8) * 128 * 1024;
    const options = isKept
      ? { persist: join(folder, 'kept.psc'), maxBytes: 2 * MIB }
      : { directory: folder, maxBytes: random.pick([2, 4, 8, 32]) * MIB };
    const filler = await crew.start('filler', { under: withDisk(folder, bytes) });
    const under = besideDisk(filler.child.pid);
    const settings = { keys: random.pick([4, 40, 400]), most: random.pick([200, 9000, 300_000]) };
    const fills = { path: join(folder, 'filler'), seed: random.seed(), ms };
    const filling = filler.ask('play', 'fills', fills);
    filling.catch(() => {});
    const end = performance.now() + ms;
    while (performance.now() < end) await live({ crew, random, under, options, settings });
    await within('the disk is given back', filling);
    const history = readHistory(crew.folder);
    const failed = history.find(({ error }) => error !== undefined && !ALLOWED.includes(error));
    const what = 'a full disk made an operation fail';
    const violation = failed ? { what, operations: [failed] } : checkKeys(history);
    return { operations: history.length, violation };
  },
};

/** The life of a cache: until all its processes have ended, in good order or not. */
async function live({ crew, random, under, options, settings }) {
  const synchronize = () => startSynchronizer({ crew, under, options });
  let synchronizer = await synchronize();
  let end = Number.POSITIVE_INFINITY;
  const left = () => Math.max(0, Math.min(LIFE_MS, end - performance.now()));
  const playing = [];
  const victims = [];
  const enlist = async (start = {}) => {
    const hand = await crew.start('native', { ...start, under });
    const played = hand
      .ask('open', crew.id)
      .then(() => hand.ask('play', 'registers', { ...settings, seed: random.seed(), ms: left() }))
      .catch((error) => {
        if (!hand.isKilled && start.failpoint === undefined) throw error;
      });
    played.catch(() => {});
    playing.push(played);
    return hand;
  };
  const hands = [await enlist(), await enlist(), await enlist()];
  end = performance.now() + LIFE_MS;
  while (left() > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50 + random.below(200)));
    const fault = random.below(10);
    const at = random.below(hands.length);
    if (fault < 4) {
      await crew.kill(hands[at]);
      hands[at] = await enlist();
    } else if (fault < 7 && crew.failpoints !== undefined) {
      crew.counts.kills += 1;
      const victim = await enlist({ failpoint: `${random.pick(PLACES)}#${1 + random.below(60)}` });
      victims.push(victim);
    } else {
      crew.counts.restarts += 1;
      await crew.kill(synchronizer);
      synchronizer = await synchronize();
    }
  }
  await within('every process comes to its end', Promise.all(playing), 60_000);
  await haveRoom(hands);
  const isOrderly = random.chance(0.7);
  for (const hand of [...victims, ...hands, synchronizer])
    await within(`${hand.name} ends`, isOrderly ? hand.leave() : crew.kill(hand));
}

/** Starts a synchronizer. It may be told that there is no space; as there soon is, it is asked again. */
async function startSynchronizer({ crew, under, options }) {
  const hand = await crew.start('owner', { under });
  await until('there is room for a cache', async () => {
    try {
      await within('a synchronizer answers', hand.ask('synchronize', crew.id, options));
      return true;
    } catch (error) {
      if (error.code === 'ERR_PSC_NO_SPACE') return false;
      throw error instanceof Violation ? error : new Violation(`a synchronizer failed: ${error}`);
    }
  });
  return hand;
}

/** Whatever has happened, what each sets now all of them read. */
async function haveRoom(hands) {
  for (const writer of hands) {
    const key = `at last ${writer.name}`;
    await within('a write in the end is settled', writer.ask('set', key, writer.name));
    for (const reader of hands) {
      const read = await within('a read in the end is answered', reader.ask('get', key));
      if (read !== writer.name)
        throw new Violation(`${reader.name} does not read what ${writer.name} has set`);
    }
  }
}
