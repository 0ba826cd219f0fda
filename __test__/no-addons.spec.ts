import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { uniqueId } from './helpers/unique';

// Node that may load no addons, or read no files: why there is no native binary is looked for before it is said.

const ROOT = join(__dirname, '..');
const PACKAGE = JSON.stringify(join(ROOT, 'dist/index.js'));
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
const MAKE = `
  const told = { required: false };
  try {
    const { createMemoryStorage } = require(${PACKAGE});
    told.required = true;
    createMemoryStorage();
  } catch ({ code, message, cause }) {
    Object.assign(told, { code, message, cause: cause?.message });
  }
  console.log(JSON.stringify(told));`;

/** What came of making a storage: whether the package was there before, and what was thrown. */
interface Told {
  readonly required: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly cause?: string;
}

function run<T>(t: ExecutionContext, flags: readonly string[], program: string): T {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', program], {
    encoding: 'utf8',
    env,
  });
  if (stdout === '') t.log(stderr);
  return JSON.parse(stdout);
}

function unavailable(t: ExecutionContext, flags: readonly string[], remedy: RegExp, cause: RegExp) {
  const told = run<Told>(t, flags, MAKE);
  t.true(told.required);
  t.is(told.code, 'ERR_PSC_NATIVE_UNAVAILABLE');
  t.regex(told.message ?? '', remedy);
  t.notRegex(told.message ?? '', /optional package/);
  t.regex(told.cause ?? '', cause);
  return told.message ?? '';
}

test('with `--no-addons`, the message says to start without it, and the cause is what Node said', (t) => {
  const message = unavailable(
    t,
    ['--no-addons'],
    /Start it without `--no-addons`/,
    /addons is disabled/,
  );
  t.notRegex(message, /--allow-addons/);
});

test('under the permission model, the message says to allow addons, and the cause is what Node said', (t) => {
  const flags = [PERMISSION, '--allow-fs-read=*'];
  const message = unavailable(t, flags, /with `--allow-addons`/, /addons is disabled/);
  t.notRegex(message, /--no-addons/);
});

test('where the permission model lets the binary not be read, the message says to let it', (t) => {
  const folders = ['dist/', 'package.json'].map((name) => `--allow-fs-read=${join(ROOT, name)}`);
  const flags = [PERMISSION, '--allow-addons', ...folders];
  unavailable(t, flags, /with `--allow-fs-read`/, /Access to this API has been restricted/);
});

test('under the permission model with addons and reading allowed, a process takes part in the cache', async (t) => {
  const id = uniqueId(t);
  const stop = await psc.createNodePSCSynchronizer(id);
  t.teardown(stop);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('key', [1, 2]);
  const answer = `
    const { createPSCAdapter, NodeSyncAdapter } = require(${PACKAGE});
    const adapter = createPSCAdapter(NodeSyncAdapter(undefined, ${JSON.stringify(id)}));
    adapter.set('answer', 3).then(() => console.log(JSON.stringify(adapter.get('key'))));`;
  const flags = [PERMISSION, '--allow-addons', `--allow-fs-read=${ROOT}/*`];
  t.deepEqual(run(t, flags, answer), [1, 2]);
  t.is(adapter.get('answer'), 3);
});
