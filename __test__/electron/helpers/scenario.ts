import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { ExecutionContext } from 'ava';
import { uniqueDirectory } from '../../helpers/unique';
import { within } from '../../helpers/until';
import { canSandbox, executable, REPOSITORY } from './application';

const APPS = resolve(__dirname, '../apps');

/** What Chromium itself says about the machine, which is not ours to judge. */
const CHROMIUM_SAYS = /^\[\d+:\d+\/\d+\.\d+:(INFO|WARNING|ERROR):/;

/** What came of a scenario. */
export interface Outcome<T> {
  readonly result: T;
  /** The lines that the main process printed on stderr, without Chromium's. */
  readonly printed: string[];
}

/**
 * Has an app of `__test__/electron/apps` play one of its scenarios: without a debugger attached, which would keep alive
 * what tests here want to see gone. Rejects with the scenario's own error.
 */
export async function play<T>(
  t: ExecutionContext,
  app: string,
  name: string,
  options: object = {},
  deadlineMs = 120_000,
): Promise<Outcome<T>> {
  const profile = uniqueDirectory(t);
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env as Record<string, string>;
  const flags = ['--disable-gpu', '--js-flags=--expose-gc'];
  if (!canSandbox()) flags.unshift('--no-sandbox');
  const child = spawn(executable(), [...flags, `--user-data-dir=${profile}`, resolve(APPS, app)], {
    env: {
      ...inherited,
      PSC_ROOT: REPOSITORY,
      PSC_SCENARIO: JSON.stringify({ name, options }),
    },
    // No channel: with one, Electron 22 opens no developer tools.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await within(`Ending ${app}`, ended);
  });
  await within(`${app}: ${name}`, ended, deadlineMs);
  const printed = errors.split('\n').filter((line) => line !== '' && !CHROMIUM_SAYS.test(line));
  const said = parse<T>(output);
  if (said?.result === undefined) {
    throw new Error(`${said?.error ?? 'It ended without a word.'}\nIt printed:\n${errors}`);
  }
  return { result: said.result, printed };
}

/** What the scenario printed last, if that is what came of it. */
function parse<T>(output: string): { readonly result?: T; readonly error?: string } | undefined {
  try {
    return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
