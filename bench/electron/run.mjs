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
const LIMIT_SECONDS = 900;

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
const attackPlan = (quick) => ({ count: 200_000, rounds: quick ? 3 : 9, trips: 200 });

async function weighIn(executable, name, options) {
  const profile = makeScratch();
  const scenario = JSON.stringify({ name: 'weigh', options: { name, ...options } });
  const { code, output } = await run(
    executable,
    ['--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, HOSTILE],
    {
      show: false,
      limitSeconds: LIMIT_SECONDS,
      env: { PSC_ROOT: join(HERE, '..', '..'), PSC_SCENARIO: scenario },
    },
  );
  removeScratch(profile);
  const said = output.split('\n').find((line) => line.startsWith('{"result"'));
  if (code === 0 && said !== undefined) return JSON.parse(said).result.rounds;
  throw new Failure(`${name} ended with ${code}:\n${output.trim()}`);
}

async function measureIn(executable, folder) {
  const { code, output } = await run(
    executable,
    ['--no-sandbox', '--disable-gpu', join(HERE, 'main.cjs')],
    { show: false, limitSeconds: LIMIT_SECONDS, env: { PSC_BENCH_FOLDER: folder } },
  );
  if (code !== 0) throw new Failure(`The measurements ended with ${code}:\n${output.trim()}`);
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
      const measured = await measureIn(executable, folder);
      const weighed = {};
      for (const name of ATTACKS) {
        weighed[name] = await weighIn(executable, name, attackPlan(quick));
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
