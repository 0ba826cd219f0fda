import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import type { PSCStorageAdapter } from '../../ts';
import { uniqueDirectory, uniqueId } from '../helpers/unique';
import { Application, executable, REPOSITORY } from './helpers/application';

// What a user ships: the packed tarballs, installed into an app that electron-builder packages.

/** Of a page. */
declare const window: { readonly pscAdapter: PSCStorageAdapter };

declare global {
  /** Of the main process of the app `packaged`. */
  function read(key: string): unknown;
  /** As `read`. */
  function setInUtilityProcess(key: string, value: unknown): Promise<unknown>;
}

const exec = promisify(execFile);
const NAME = 'psc-test-packaged';
const LIMIT_MS = 180_000;

/** A file or folder as the head of an archive names it. */
interface Listed {
  readonly files?: Readonly<Record<string, Listed>>;
  readonly unpacked?: boolean;
}

/** Installs the packed tarballs into a copy of the app, and packages that. Returns the folder to be shipped. */
async function packaged(t: ExecutionContext, builder: string): Promise<string> {
  const folder = uniqueDirectory(t);
  const app = join(folder, 'app');
  cpSync(join(__dirname, 'apps', 'packaged'), app, { recursive: true });
  const node = async (script: string, args: readonly string[], cwd: string) =>
    exec(process.execPath, [script, ...args], { cwd, timeout: LIMIT_MS });
  const { stdout } = await node('scripts/pack.mjs', ['--out', folder], REPOSITORY);
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await exec('npm', [...install, ...stdout.trim().split('\n')], { cwd: app, timeout: LIMIT_MS });
  const version = await exec(executable(), ['-p', 'process.versions.electron'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const runtime = [
    `-c.electronDist=${dirname(executable())}`,
    `-c.electronVersion=${version.stdout.trim()}`,
  ];
  await node(builder, ['--dir', '--linux', '--publish', 'never', ...runtime], app);
  // A default app that the runtime may have goes along, and does no harm: Electron prefers `app.asar`.
  return join(app, 'dist', 'linux-unpacked');
}

/** The files of an archive, each by its path, with what the archive says of it. */
function listed(archive: string): Map<string, Listed> {
  const content = readFileSync(archive);
  const head: Listed = JSON.parse(content.toString('utf8', 16, 16 + content.readUInt32LE(12)));
  const all = new Map<string, Listed>();
  const walk = (entry: Listed, path: string) => {
    all.set(path, entry);
    for (const [name, child] of Object.entries(entry.files ?? {})) walk(child, `${path}/${name}`);
  };
  walk(head, '');
  return all;
}

const builder = process.env.PSC_ELECTRON_BUILDER ?? '';
// Where there is no builder, `npm run test:electron` says why.
const whereItBuilds = process.platform === 'linux' && builder !== '' ? test : test.skip;

whereItBuilds('an app packaged by electron-builder starts, and shares', async (t) => {
  t.timeout(2 * LIMIT_MS);
  const made = await packaged(t, builder);
  const resources = join(made, 'resources');

  // The binary is beside the archive, and nowhere else.
  const files = listed(join(resources, 'app.asar'));
  const binaries = [...files].filter(([path]) => path.endsWith('.node'));
  const [[binary, { unpacked }]] = binaries as [[string, Listed]];
  t.is(binaries.length, 1);
  t.regex(binary, /^\/node_modules\/psc-native-[\w-]+\/psc-native\.[\w-]+\.node$/);
  t.true(unpacked);
  const beside = join(resources, 'app.asar.unpacked', binary);
  const built = readdirSync(join(REPOSITORY, 'native')).find((name) => binary.endsWith(name));
  t.deepEqual(readFileSync(beside), readFileSync(join(REPOSITORY, 'native', built ?? '')));
  // The shipped preload script is in the archive, as a file of its own.
  t.true(files.has('/node_modules/psc-native/dist/bundles/preload.js'));

  const app = await Application.launch(t, NAME, {
    program: join(made, NAME),
    env: { PSC_ID: uniqueId(t) },
  });
  t.true(await app.evaluate(({ app: { isPackaged } }) => isPackaged));
  const [first, second] = await app.until('there are two windows', () => {
    const windows = app.electron.windows();
    return windows.length === 2 ? (windows as [Page, Page]) : undefined;
  });

  await first.evaluate(() => window.pscAdapter.set('window', { from: 'a window' }));
  const inMain = () => app.evaluate(() => globalThis.read('window'));
  t.deepEqual(await inMain(), { from: 'a window' });
  await app.until('the other window has what one has set', () =>
    second.evaluate(() => window.pscAdapter.get('window')),
  );
  t.deepEqual(await second.evaluate(() => window.pscAdapter.get('window')), { from: 'a window' });

  await app.evaluate(() => globalThis.setInUtilityProcess('utility', [1, 2]));
  t.deepEqual(await app.evaluate(() => globalThis.read('utility')), [1, 2]);
  for (const page of [first, second]) {
    const get = () => page.evaluate(() => window.pscAdapter.get('utility'));
    t.deepEqual(await app.until('a window has what the utility process has set', get), [1, 2]);
  }

  // What was loaded is the file beside the archive, not a copy of what was inside.
  const maps = readFileSync(`/proc/${app.process.pid}/maps`, 'utf8');
  t.deepEqual([...new Set(maps.match(/\/\S+\.node$/gm))], [beside]);
});
