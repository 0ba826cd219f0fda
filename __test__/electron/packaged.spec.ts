import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { uniqueDirectory, uniqueId } from '../helpers/unique';
import { Application, executable, REPOSITORY } from './helpers/application';

// What a user ships: the packed tarballs, installed into the example app, which electron-builder packages.

const exec = promisify(execFile);
const EXAMPLE = join(REPOSITORY, 'examples', 'electron');
const NAME = 'psc-test-packaged';
const LIMIT_MS = 180_000;

/** A file or folder as the head of an archive names it. */
interface Listed {
  readonly files?: Readonly<Record<string, Listed>>;
  readonly unpacked?: boolean;
}

/** What the demo's own script does, which plays the same tour. */
interface DemoScripts {
  buildPage(): Promise<void>;
  readonly Demo: new (electron: unknown) => object;
  playTour(demo: object, tell: (line: string) => void): Promise<void>;
}

async function demoScripts(): Promise<DemoScripts> {
  const names = ['examples/electron/build.mjs', 'scripts/demo/driven.mjs', 'scripts/demo/tour.mjs'];
  const modules = await Promise.all(names.map((name) => import(join(REPOSITORY, name))));
  return Object.assign({}, ...modules);
}

/** Installs the packed tarballs into a copy of the example, and packages that. Returns the folder to be shipped. */
async function packaged(t: ExecutionContext, builder: string): Promise<string> {
  const folder = uniqueDirectory(t);
  const app = join(folder, 'app');
  cpSync(EXAMPLE, app, { recursive: true });
  // In a utility process the binary is loaded from the same place.
  cpSync(join(__dirname, 'apps', 'packaged'), join(app, 'main'), { recursive: true });
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({
      name: NAME,
      version: '1.0.0',
      description: 'The example',
      author: 'psc-native contributors',
      main: 'main/index.js',
    }),
  );
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

whereItBuilds(
  'the example app, packaged by electron-builder, starts, and its windows and processes share',
  async (t) => {
    t.timeout(2 * LIMIT_MS);
    const { buildPage, Demo, playTour } = await demoScripts();
    await buildPage();
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

    const app = await Application.launch(t, NAME, { program: join(made, NAME) });
    t.true(await app.evaluate(({ app: { isPackaged } }) => isPackaged));
    await playTour(new Demo(app.electron), (line) => t.log(line));

    const id = uniqueId(t);
    const shared = await app.evaluate(async ({ utilityProcess, app: self }, given) => {
      const { mainModule } = process as unknown as { mainModule: NodeJS.Module };
      const psc = mainModule.require('psc-native') as typeof import('../../ts');
      const stop = await psc.createNodePSCSynchronizer(given);
      const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, given));
      const child = utilityProcess.fork(`${self.getAppPath()}/main/utility.js`);
      await new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (code) => reject(new Error(`It ended with ${code}.`)));
        child.postMessage({ id: given, key: 'utility', value: [1, 2] });
      });
      const value = adapter.get('utility');
      await stop();
      return value;
    }, id);
    t.deepEqual(shared, [1, 2]);

    // What was loaded is the file beside the archive, not a copy of what was inside.
    const maps = readFileSync(`/proc/${app.process.pid}/maps`, 'utf8');
    t.deepEqual([...new Set(maps.match(/\/\S+\.node$/gm))], [beside]);
  },
);
