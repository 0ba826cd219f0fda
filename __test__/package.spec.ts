import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

// What a user gets: the packed tarballs, in an empty project, on a machine without Rust.

const exec = promisify(execFile);
const repository = resolve(__dirname, '..');

const USE = `
  const stop = await createNodePSCSynchronizer(process.argv[2]);
  const adapter = createPSCAdapter(NodeSyncAdapter(undefined, process.argv[2]));
  await adapter.set('greeting', { text: 'hello' });
  console.log(JSON.stringify(await adapter.get('greeting')));
  await stop();
`;
const NAMES = '{ createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter }';
const FILES = {
  'use.cjs': `const ${NAMES} = require('psc-native');\n(async () => {${USE}})();\n`,
  'use.mjs': `import ${NAMES} from 'psc-native';\n${USE}`,
  'both.mjs': `
    import { createRequire } from 'node:module';
    const [entry] = process.argv.slice(2);
    const imported = await import(entry);
    const required = createRequire(import.meta.url)(entry);
    const names = Object.keys(required).sort();
    const same = names.every((name) => imported[name] === required[name]);
    console.log(JSON.stringify({ names, importedNames: Object.keys(imported).sort(), same }));
  `,
  'types-import.mts': `import ${NAMES} from 'psc-native';\nimport type { SyncAdapter } from 'psc-native';
    const sync: SyncAdapter = NodeSyncAdapter(undefined, 'an-id');
    await createPSCAdapter(sync).set('key', 1);
    export const stop: () => unknown = await createNodePSCSynchronizer('an-id');
    import { Channel, newSessionId } from 'psc-native/session';
    export const result: unknown = await new Channel(process).startSession(newSessionId(), { action: 'a' });\n`,
  'types-require.cts': `import psc = require('psc-native');
    const sync: psc.SyncAdapter = psc.NodeSyncAdapter(undefined, 'an-id');
    export const adapter = psc.createPSCAdapter(sync);
    export const code: string = new psc.PSCError('ERR_PSC_CLOSED', 'a message').code;
    import session = require('psc-native/session');
    export const id: string = session.newSessionId();\n`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      module: 'node16',
      types: ['node'],
      typeRoots: [join(repository, 'node_modules', '@types')],
    },
    files: ['types-import.mts', 'types-require.cts'],
  }),
};

let project: string;
let env: NodeJS.ProcessEnv;

async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await exec(command, args, { cwd: project, env, timeout: 60_000 });
  return stdout.trim();
}

const findNpm = async (): Promise<string> => {
  const { stdout } = await exec('sh', ['-c', 'command -v npm']);
  return realpath(stdout.trim());
};

test.before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'psc-package-'));
  project = join(folder, 'project');
  const bin = join(folder, 'bin');
  await mkdir(project);
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  await symlink(await findNpm(), join(bin, 'npm'));
  // Only what a user's own shell would say: npm hands its settings to what it runs, this test too.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|PSC_|NAPI_)/i.test(name),
  );
  env = { ...Object.fromEntries(inherited), PATH: bin };

  for (const [name, content] of Object.entries(FILES))
    await writeFile(join(project, name), content);
  await writeFile(join(project, 'package.json'), '{ "private": true }\n');
  const packed = await exec(process.execPath, ['scripts/pack.mjs', '--out', folder], {
    cwd: repository,
  });
  const tarballs = packed.stdout.trim().split('\n');
  await run('npm', 'install', '--offline', '--no-audit', '--no-fund', ...tarballs);
});

test.after.always(async () => {
  if (project) await rm(resolve(project, '..'), { recursive: true, force: true });
});

test('the installed package needs no Rust', async (t) => {
  await t.throwsAsync(run('cargo', '--version'), { code: 'ENOENT' });
  await t.throwsAsync(run('rustc', '--version'), { code: 'ENOENT' });
});

for (const script of ['use.cjs', 'use.mjs']) {
  test(`the installed package shares a value: ${script}`, async (t) => {
    const output = await run('node', script, `package-${script}-${process.pid}`);
    t.deepEqual(JSON.parse(output), { text: 'hello' });
  });
}

for (const [entry, known] of [
  ['psc-native', 'createPSCAdapter'],
  ['psc-native/session', 'Channel'],
  ['psc-native/conformance', 'storageCases'],
] as const) {
  test(`import and require of ${entry} give the same objects, so there is one state`, async (t) => {
    const { names, importedNames, same } = JSON.parse(await run('node', 'both.mjs', entry));
    t.true(same);
    t.deepEqual(importedNames, names);
    t.true(names.includes(known));
  });
}

test('the types resolve for import and for require', async (t) => {
  const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  await t.notThrowsAsync(
    run('node', tsc, '-p', 'tsconfig.json').catch((error) => Promise.reject(error.stdout)),
  );
});
