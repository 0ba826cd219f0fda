// Measures psc-native inside Electron beside the least that Electron's own IPC needs for the same, in one run, and writes
// bench/results-electron.json.
//   --quick  a fifth of the rounds, for a look

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { attacks } from '../../__test__/electron/apps/hostile/attacks.js';
import { withDisplay } from '../../scripts/electron/display.mjs';
import { executableIn } from '../../scripts/electron/executable.mjs';
import { provideRuntimes } from '../../scripts/electron/runtime.mjs';
import { Failure, runAsScript } from '../../scripts/failure.mjs';
import { run } from '../../scripts/run.mjs';
import { environment } from '../environment.mjs';
import { keys, record, records } from '../record.mjs';
import { makeScratch, removeScratch } from '../scratch.mjs';
import { printTable } from '../table.mjs';
import { attacksOf, rowsOf } from './rows.mjs';

const HERE = import.meta.dirname;
const RESULTS = join(HERE, '..', 'results-electron.json');
/** Far more than a step takes: one that hangs is to say so. */
const LIMIT_SECONDS = { quick: 120, full: 300 };

/** Many short rounds: what else the machine does then hits ours and the peer alike. */
const plan = (quick) => ({
  small: record(1, 300),
  large: record(2, 1_000_000),
  warmUp: quick ? 1 : 3,
  rounds: quick ? 8 : 40,
  trips: 100,
  flood: 1000,
  largeFlood: 20,
  keys: keys(1000),
  values: records().slice(0, 50),
  getRounds: quick ? 9 : 31,
});

/** The app of the test that plays the same attacks, and what it is to weigh. */
const HOSTILE = join(HERE, '..', '..', '__test__', 'electron', 'apps', 'hostile');
const ATTACKS = Object.keys(attacks).filter((name) => /flood|100 MB/.test(name));
/** Writes are sent five times as often as what the other floods consist of: any of them is far over quota. */
const attackPlan = (name, quick) => ({
  count: name === 'a flood of writes' ? 60_000 : 200_000,
  // The longest block of an idle main process, too, varies fourfold from round to round.
  rounds: quick ? 3 : 11,
  trips: 200,
});

/** Runs an app to its end, and shows how far it is. Returns what it printed. */
async function play(what, quick, executable, args, env) {
  console.log(`  ${what}`);
  const profile = makeScratch();
  const limitSeconds = quick ? LIMIT_SECONDS.quick : LIMIT_SECONDS.full;
  const { code, output, timedOut } = await run(
    executable,
    ['--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, ...args],
    { show: false, limitSeconds, env, onOutput: showRound },
  );
  removeScratch(profile);
  if (code === 0) return output;
  const how = timedOut ? `did not end in ${limitSeconds} s` : `ended with ${code}`;
  throw new Failure(`${what}: it ${how}, and printed:\n${output.trim()}`);
}

/** Every fifth round is enough to see that it goes on, where there are many. */
function showRound(text) {
  for (const [line, round, rounds] of text.matchAll(/^round (\d+) of (\d+)$/gm)) {
    if (Number(rounds) < 10 || round % 5 === 0) console.log(`    ${line}`);
  }
}

async function weighIn(what, quick, executable, name) {
  const options = { name, ...attackPlan(name, quick) };
  const output = await play(what, quick, executable, [HOSTILE], {
    PSC_ROOT: join(HERE, '..', '..'),
    PSC_SCENARIO: JSON.stringify({ name: 'weigh', options }),
  });
  const said = output.split('\n').find((line) => line.startsWith('{"result"'));
  if (said !== undefined) return JSON.parse(said).result.rounds;
  throw new Failure(`${what} failed:\n${output.trim()}`);
}

async function measureIn(what, quick, executable, folder) {
  await play(what, quick, executable, [join(HERE, 'main.cjs')], { PSC_BENCH_FOLDER: folder });
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}

await runAsScript(import.meta.url, async () => {
  const quick = process.argv.includes('--quick');
  const [runtime] = await provideRuntimes();
  const executable = executableIn(runtime.folder);
  const folder = makeScratch();
  try {
    await build({
      entryPoints: [join(HERE, 'preload.mjs'), join(HERE, 'page.mjs')],
      outdir: folder,
      bundle: true,
      format: 'cjs',
      external: ['electron'],
      target: 'chrome108',
      logLevel: 'error',
    });
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan(quick)));
    const { versions, rows } = await withDisplay(async (display) => {
      Object.assign(process.env, display);
      const what = 'calls, events and reads in windows';
      const measured = await measureIn(what, quick, executable, folder);
      const weighed = {};
      for (const [number, name] of ATTACKS.entries()) {
        const what = `attack ${number + 1} of ${ATTACKS.length}: ${name}`;
        weighed[name] = await weighIn(what, quick, executable, name);
      }
      const { versions, rows } = measured;
      return { versions, rows: [...rowsOf(rows), ...attacksOf(weighed)] };
    });
    printTable(rows);
    // Few repetitions are not the results.
    if (quick) return 0;
    const { peers: _, ...machine } = environment();
    const results = { ...machine, electron: versions.electron, node: versions.node, rows };
    writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
    console.log('\nWritten to bench/results-electron.json.');
    return 0;
  } finally {
    removeScratch(folder);
  }
});
