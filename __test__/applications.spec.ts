import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { Application, Run } from './helpers/applications';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { uniqueDirectory } from './helpers/unique';
import { until } from './helpers/until';

// Which application a process is of, whoever starts it.

const PROGRAM = join(__dirname, 'fixtures/parent.mjs');
const PACKAGE = join(__dirname, '../dist/index.js');

/** A tool that is installed, and starts what it is told: by the variable that PM2 sets, or in its working directory. */
function installTool(folder: string, name: string, text: string, script = 'start.mjs'): string {
  const path = join(folder, 'node_modules', name, 'lib', script);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(folder, 'node_modules', name, 'package.json'), `{ "name": "${name}" }`);
  writeFileSync(path, text);
  return path;
}

/** As above: a package of a monorepo's, which npm links. */
function linkTool(folder: string, name: string, text: string, script: string): string {
  const path = installTool(folder, name, text, script);
  const [link, place] = [join(folder, 'node_modules', name), join(folder, name)];
  renameSync(link, place);
  symlinkSync(place, link);
  return path;
}

async function startBy(t: ExecutionContext, tool: string, options: object): Promise<Run> {
  const { PSC_NATIVE_NAME: _, ...env } = process.env;
  const given = { env, ...options };
  return new Run(await TestProcess.start(t, tool, given));
}

test('two applications under one process manager keep their own caches, and instances of one share theirs', async (t) => {
  const manager = installTool(
    uniqueDirectory(t),
    'pm2',
    "import { pathToFileURL } from 'node:url';\nawait import(pathToFileURL(process.env.pm_exec_path).href);\n",
  );
  const [one, other] = [new Application(t), new Application(t)];
  const run = (application: Application) => {
    const pm_exec_path = join(application.folder, 'server/main.mjs');
    return startBy(t, manager, { env: { ...process.env, PSC_NATIVE_NAME: '', pm_exec_path } });
  };
  const [first, second, stranger] = [await run(one), await run(one), await run(other)];
  await first.synchronize();
  await stranger.synchronize();
  const adapters = [await first.open(), await second.open(), await stranger.open()];
  await adapters[0]?.set('key', 1);
  await adapters[2]?.set('key', 2);
  t.deepEqual(await Promise.all(adapters.map((adapter) => adapter.get('key'))), [1, 1, 2]);
});

for (const [kind, install] of [
  ['installed tool', installTool],
  ["tool of the monorepo's own", linkTool],
] as const) {
  for (const script of ['start.mjs', 'start.cjs']) {
    test(`two applications started by one ${kind} keep their own caches, and are told to give an id: ${script}`, async (t) => {
      const load = `import('${pathToFileURL(PROGRAM).href}');\n`;
      const tool = install(uniqueDirectory(t), 'some-cli', load, script);
      const runs = [];
      for (const value of [1, 2]) {
        const cwd = uniqueDirectory(t);
        writeFileSync(join(cwd, 'package.json'), '{}');
        const run = await startBy(t, tool, { cwd });
        await run.synchronize();
        const adapter = await run.open();
        await adapter.set('key', value);
        const beside = await startBy(t, tool, { cwd });
        // A script of the tool's own, started as itself.
        const child = await run.fork(undefined, realpathSync(tool));
        for (const theirs of [await beside.open(), await child.open()]) {
          t.is(await theirs.get('key'), value);
        }
        for (const { process } of [run, beside]) {
          await until('it is told', () => process.stderr.includes('PSC_NO_ID'));
          t.regex(process.stderr, /NodeSyncAdapter\(undefined, 'my-app'\)/);
        }
        runs.push(adapter);
      }
      t.deepEqual(await Promise.all(runs.map((adapter) => adapter.get('key'))), [1, 2]);
    });
  }
}

test('an application that another one starts does not take its cache, though it inherits its environment', async (t) => {
  const [one, other] = [new Application(t), new Application(t)];
  const owner = await one.run();
  await owner.synchronize();
  await (await owner.open()).set('key', 'of the starter');
  const child = await owner.fork(undefined, join(other.folder, 'server/main.mjs'));
  await child.synchronize();
  const theirs = await child.open();
  t.is(await theirs.get('key'), undefined);
  const own = await owner.fork();
  t.is(await (await own.open()).get('key'), 'of the starter');
});

test('the package loads where the working directory was removed', (t) => {
  const cwd = uniqueDirectory(t);
  const load = `require(${JSON.stringify(PACKAGE)}); console.log('loaded')`;
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'rmdir "$PWD" && exec "$@"', 'sh', process.execPath, '-e', load],
    { cwd, encoding: 'utf8' },
  );
  t.is(stdout, 'loaded\n', stderr);
});

test('a second synchronizer without an id is the same one, and ends with the last of them', async (t) => {
  const application = new Application(t);
  const owner = await application.run();
  await owner.synchronize();
  const early = await (await owner.fork()).open();
  await owner.synchronize();
  const late = await (await owner.fork()).open();
  await early.set('key', 1);
  t.is(await late.get('key'), 1);
  await throwsCode(t, 'ERR_PSC_ENDPOINT_IN_USE', () =>
    owner.synchronize(undefined, { maxBytes: 4 * 1024 * 1024 }),
  );
  await owner.stop();
  const after = await (await owner.fork()).open();
  t.is(await after.get('key'), 1);
});
