// Tortures the cache and checks its histories.
//   --minutes N     how long, in all; 10 unless said otherwise
//   --seed S        decides all that is chosen; a fresh one unless said otherwise, and always printed
//   --only NAME     one scenario alone
//   --package PATH  another checkout, built, in place of this one
//   --keep-going    goes on after a violation, and lists the kinds that were found
//   --ci            five minutes: two fixed seeds, then a fresh one

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setup } from '../scripts/setup.mjs';
import { Crew } from './crew.mjs';
import { table } from './history.mjs';
import { Random } from './random.mjs';
import { scenarios } from './scenarios/index.mjs';
import { Violation } from './violation.mjs';

const ROUND_MS = 4000;
const CI_SEEDS = [1, 2];

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string' },
    package: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    ci: { type: 'boolean', default: false },
  },
});

// What is tortured is what is here, built.
if (options.package === undefined) await setup({ failpoints: true });
const packagePath = resolve(options.package ?? fileURLToPath(new URL('..', import.meta.url)));

const named = scenarios.filter(({ name }) => options.only === undefined || name === options.only);
if (named.length === 0) {
  console.error(
    `No scenario is called ${options.only}: there are ${scenarios.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const chosen = named.filter(({ name, leftOut }) => {
  const why = leftOut?.();
  if (why !== undefined) console.log(`The scenario ${name} is LEFT OUT: ${why}`);
  return why === undefined;
});
if (chosen.length === 0) process.exit(0);
const total = { rounds: 0, operations: 0, kills: 0, stops: 0, restarts: 0 };
const found = new Map();

async function round(scenario, seed) {
  const crew = new Crew(packagePath);
  try {
    const { operations, violation } = await scenario.run({
      crew,
      random: new Random(seed),
      ms: ROUND_MS,
    });
    total.operations += operations;
    if (violation) throw new Violation(violation.what, violation.operations);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const times = (found.get(scenario.name)?.times ?? 0) + 1;
    found.set(scenario.name, { what: error.message, seed, times });
    console.log(`VIOLATION in ${scenario.name}: ${error.message}`);
    if (error.operations.length > 0) console.log(table(error.operations));
    console.log(`  Again: npm run torture -- --only ${scenario.name} --seed ${seed} --minutes 1`);
  } finally {
    total.rounds += 1;
    for (const [name, count] of Object.entries(crew.counts)) total[name] += count;
    await crew.end();
  }
}

async function run(seed, minutes) {
  console.log(
    `Torture: ${minutes} minutes with the seed ${seed}: ${chosen.map(({ name }) => name).join(', ')}`,
  );
  const random = new Random(seed);
  const end = performance.now() + minutes * 60_000;
  for (let n = 0; performance.now() < end; n += 1) {
    const scenario = chosen[n % chosen.length];
    // Of a seed that is given for one scenario, the first round is just that one.
    const roundSeed = n === 0 && options.only !== undefined ? seed : random.seed();
    await round(scenario, roundSeed);
    if (found.size > 0 && !options['keep-going']) return;
    const left = Math.max(0, (end - performance.now()) / 60_000).toFixed(1);
    console.log(
      `  ${scenario.name.padEnd(12)} ${total.rounds} rounds, ${total.operations} operations, ${left} minutes left`,
    );
  }
}

const fresh = Date.now() % 1_000_000;
if (options.ci) {
  for (const seed of CI_SEEDS) await run(seed, 1.5);
  await run(fresh, 2);
} else {
  await run(Number(options.seed ?? fresh), Number(options.minutes));
}
for (const [name, { what, seed, times }] of found) {
  console.log(`${name}: ${what} (${times} times, last with the seed ${seed})`);
}
const { rounds, operations, kills, stops, restarts } = total;
console.log(
  `torture: ${rounds} rounds, ${operations} operations, ${kills} kills, ${stops} stops, ${restarts} restarts, ` +
    `${found.size} kinds of violations`,
);
process.exit(found.size > 0 ? 1 : 0);
