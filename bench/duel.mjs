// Contestants, each in a fresh process, take turns: every round has all of them, each time in another order. So noise
// of the machine that lasts longer than a round hits all alike, and a ratio is taken within each round.

import { startChild } from './child.mjs';
import { median, quantile, rounded } from './numbers.mjs';
import { makeScratch, removeScratch } from './scratch.mjs';

const WARM_UP_ROUNDS = 2;

/** `contestants`: by name, `{ module, start, options, env }`. Resolves to what every round used, by name. */
export async function duel(contestants, { rounds }) {
  const scratch = makeScratch();
  const names = Object.keys(contestants);
  const children = new Map();
  const times = Object.fromEntries(names.map((name) => [name, []]));
  try {
    for (const name of names) {
      const { module, start, options = {}, env } = contestants[name];
      const child = startChild(new URL('./contestant.mjs', import.meta.url), [], { env });
      children.set(name, child);
      await child.ask('prepare', module, start, { ...options, name, scratch });
    }
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(turn + round + WARM_UP_ROUNDS) % names.length];
        const used = await children.get(name).ask('round');
        if (round >= 0) times[name].push(used);
      }
    }
    return times;
  } finally {
    for (const child of children.values()) await child.end();
    removeScratch(scratch);
  }
}

/**
 * The ratio of two contestants: the median over the rounds, the middle half of them, and the median of processor time,
 * which other programs on the machine disturb less.
 */
export function ratioOf(rounds, others) {
  const ratios = rounds.map(({ wall }, at) => wall / others[at].wall);
  const cpuRatios = rounds.map(({ cpu }, at) => cpu / others[at].cpu);
  const spread = [rounded(quantile(ratios, 0.25)), rounded(quantile(ratios, 0.75))];
  return { ratio: median(ratios), spread, cpuRatio: rounded(median(cpuRatios)) };
}
