// Plants deliberate faults in a copy of this checkout, one at a time, and shows which test finds each. Nothing here is
// changed. An argument selects faults by a part of their names.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { setup } from '../../scripts/setup.mjs';
import { faults } from './faults.mjs';

const BUILT = ['native', 'native-failpoints', 'dist'];

/** Most milliseconds of a build with its test. */
const MOST_MS = 300_000;

/** Where commands write to: not into a checkout. */
const outputs = mkdtempSync(join(tmpdir(), 'psc-planted-output-'));
process.on('exit', () => rmSync(outputs, { recursive: true, force: true }));

/** Into a file, and as a group of processes: what a test that failed leaves behind must not be waited for. */
async function run(command, args, cwd) {
  const env = { ...process.env, CARGO_TARGET_DIR: join(root, 'target', 'planted'), NO_COLOR: '1' };
  const file = join(outputs, 'output');
  const output = openSync(file, 'w');
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody of the group is left.
    }
  };
  const timer = setTimeout(kill, MOST_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  kill();
  closeSync(output);
  return { ok: code === 0, output: readFileSync(file, 'utf8') };
}

/** A copy of what git knows of this checkout, as it is now, and of what was built. */
async function copy() {
  const folder = mkdtempSync(join(tmpdir(), 'psc-planted-'));
  const { output } = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard'],
    root,
  );
  for (const file of output.split('\n').filter((name) => name !== '')) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  for (const name of BUILT) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs the test of a fault. Returns the names of the tests that failed. */
async function failing({ tool, filter, file, title }, folder) {
  if (tool === 'cargo') {
    const args = ['test', '--no-default-features', '--features', 'failpoints', '--lib', filter];
    const { output } = await run('cargo', args, folder);
    if (/^error/m.test(output) && !output.includes('test result'))
      throw new Error(`It does not build:\n${output}`);
    return [...output.matchAll(/^test (\S+) \.\.\. FAILED/gm)].map(([, name]) => name);
  }
  const built = await run(
    'node',
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', 'dist'],
    folder,
  );
  if (!built.ok) throw new Error(`It does not build:\n${built.output}`);
  const match = title === undefined ? [] : ['--match', title];
  const { output } = await run(
    'node',
    ['node_modules/ava/entrypoints/cli.mjs', file, ...match],
    folder,
  );
  return [...output.matchAll(/^ {2}[✘×] (?:\[fail\]: )?(.+)$/gm)].map(([, name]) => name);
}

await setup({ failpoints: true });
const chosen = faults.filter(({ name }) =>
  process.argv.slice(2).every((part) => name.includes(part)),
);
const folder = await copy();
let missed = 0;
try {
  for (const { name, file, find, replace, test } of chosen) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(find).length !== 2) {
      missed += 1;
      console.log(
        `MISSED  ${name}: it does not apply to ${file} any more. Write it anew in ${dirname(import.meta.url)}/faults.mjs.`,
      );
      continue;
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
    const found = await failing(test, folder);
    writeFileSync(path, text);
    if (found.length === 0) missed += 1;
    console.log(
      `${found.length > 0 ? 'found ' : 'MISSED'}  ${name}${found.length > 0 ? `\n        by ${found.slice(0, 3).join('\n           ')}` : ''}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`planted: ${chosen.length} faults, ${chosen.length - missed} found, ${missed} missed`);
process.exit(missed > 0 ? 1 : 0);
