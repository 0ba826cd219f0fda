import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { build, type Metafile } from 'esbuild';
import { throwsCode } from './helpers/errors';

// What a bundler makes of the package for a page or a preload script, where there is no binary, and no Node either.

const repository = join(__dirname, '..');

interface Bundled {
  readonly text: string;
  /** The files of this package that went into it. */
  readonly inputs: readonly string[];
  /** What it still asks for when it runs. */
  readonly external: readonly string[];
}

interface How {
  readonly platform: 'browser' | 'node' | 'neutral';
  readonly conditions?: string[];
}

/** As esbuild does by itself for pages, and as whoever builds a preload script for Node asks it to. */
const HOWS: Readonly<Record<string, How>> = {
  "esbuild's platform browser": { platform: 'browser' },
  'the condition browser alone': { platform: 'node', conditions: ['browser'] },
};

async function bundle(source: string, { platform, conditions = [] }: How): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: repository, sourcefile: 'entry.mjs' },
    absWorkingDir: repository,
    bundle: true,
    write: false,
    metafile: true,
    platform,
    conditions,
    format: 'cjs',
    external: ['electron'],
    logLevel: 'error',
  });
  return {
    text: outputFiles[0]?.text ?? '',
    inputs: Object.keys(metafile.inputs).filter((path) => path !== 'entry.mjs'),
    external: Object.values(metafile.outputs).flatMap(externalOf),
  };
}

const externalOf = ({ imports }: Metafile['outputs'][string]) => imports.map(({ path }) => path);

/** What a page does not have. */
const NODE = ['process', 'Buffer', 'global', 'setImmediate', '__filename', '__dirname'];

/** Runs a script where nothing of Node is, and nothing can be required. Returns what it exports. */
function run<T>(text: string): T {
  const module = { exports: {} };
  const none = (name: string) => {
    throw new Error(`${name} cannot be required here.`);
  };
  new Function('module', 'exports', 'require', ...NODE, text)(module, module.exports, none);
  return module.exports as T;
}

const NATIVE_ONLY = [
  ['NodeSyncAdapter', /psc-native\/preload.*psc-native\/renderer/],
  ['createNodePSCSynchronizer', /main process/],
  ['createElectronPSCSynchronizer', /main process/],
  ['createPSCSynchronizer', /main process/],
] as const;

for (const [name, how] of Object.entries(HOWS)) {
  for (const entry of ['psc-native', 'psc-native/preload', 'psc-native/renderer']) {
    test(`${entry}, imported and bundled by ${name}, takes one file along and no binary`, async (t) => {
      const { text, inputs, external } = await bundle(`export * from '${entry}';`, how);
      t.is(inputs.length, 1);
      t.regex(inputs[0] ?? '', /^dist\/bundles\/\w+\.mjs$/);
      t.deepEqual(external, []);
      t.notRegex(text, /\.node\b|native\.cjs/);
    });
  }

  for (const entry of ['psc-native', 'psc-native/preload']) {
    test(`${entry}, required and bundled by ${name}, takes one file along and no binary`, async (t) => {
      const { text, inputs, external } = await bundle(`module.exports = require('${entry}');`, how);
      t.is(inputs.length, 1);
      t.regex(inputs[0] ?? '', /^dist\/bundles\/\w+\.js$/);
      t.true(external.every((path) => path === 'electron'));
      t.notRegex(text, /\.node\b|native\.cjs/);
    });
  }

  for (const [native, remedy] of NATIVE_ONLY) {
    test(`${native}, bundled by ${name}, throws and says where it works`, async (t) => {
      const { text } = await bundle(`export { ${native} } from 'psc-native';`, how);
      const exported = run<Record<string, () => unknown>>(text);
      const error = await throwsCode(t, 'ERR_PSC_NATIVE_UNAVAILABLE', () => exported[native]?.());
      t.regex(error.message, remedy);
    });
  }
}

test('what is bundled works where there is no Node', async (t) => {
  const source = `
    import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native';
    const ipcRenderer = { on() {}, emit() {}, send() {} };
    const adapter = createPSCAdapter(ElectronSyncAdapter(ipcRenderer));
    void adapter.set('k', { a: 1 });
    export const read = adapter.get('k');
    adapter.close();
  `;
  const { text } = await bundle(source, { platform: 'browser' });
  const { read } = run<{ read: unknown }>(text);
  t.deepEqual(read, { a: 1 });
});

test('the root has the same names for bundlers as for Node', async (t) => {
  const { text } = await bundle("export * from 'psc-native';", { platform: 'browser' });
  const names = Object.keys(require('psc-native') as object).sort();
  t.deepEqual(Object.keys(run<object>(text)).sort(), names);
});

test('the shipped preload script requires nothing but Electron', (t) => {
  const text = readFileSync(join(repository, 'dist/bundles/preload.js'), 'utf8');
  const required = [...text.matchAll(/\brequire\(([^)]*)\)/g)].map(([, what]) => what);
  t.deepEqual([...new Set(required)], ['"electron"']);
  for (const name of builtinModules) t.false(text.includes(`"node:${name}"`));
  t.notRegex(text, /\bimport\(|\.node\b|native\.cjs/);
});

test('the shipped preload script asks for nothing as long as no Electron runs it', (t) => {
  const text = readFileSync(join(repository, 'dist/bundles/preload.js'), 'utf8');
  t.notThrows(() => run(text));
  t.truthy(run<{ ElectronSyncAdapter?: unknown }>(text).ElectronSyncAdapter);
});
