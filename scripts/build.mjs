// Builds everything: the Rust core, its generated binding, dist/ and the public types.
//   --debug       an unoptimised binary
//   --failpoints  only native-failpoints/psc-native.node, the binary of the crash tests

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundles } from './bundles.mjs';
import { writeDeclarations } from './declarations.mjs';
import { Failure, runAsScript } from './failure.mjs';
import { placeFile } from './place.mjs';
import { mustRun, root, tool } from './run.mjs';
import { compileTypeScript } from './typescript.mjs';
import { writeModuleWrappers } from './wrapper.mjs';

// What cargo calls a shared library.
const LIBRARIES = { darwin: 'libpsc_native.dylib', win32: 'psc_native.dll' };

// The napi command writes beside the target, and what changed is moved into place in one step: a
// process that has the old binary mapped keeps it whole.
function placeAll(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) placeFile(join(from, name), join(to, name));
}

export async function build({ debug = false } = {}) {
  if (!existsSync(join(root, 'node_modules', 'typescript'))) {
    throw new Failure(
      'The development dependencies are not installed: run `node scripts/setup.mjs`.',
    );
  }
  const output = join('target', 'napi', debug ? 'debug' : 'release');
  const profile = debug ? [] : ['--release'];
  const names = ['--js', 'native.cjs', '--dts', 'native.d.ts'];
  const args = ['build', '--platform', ...profile, ...names, '--output-dir', output];
  await mustRun('Building the Rust core', ...tool('@napi-rs/cli', args, 'napi'));
  placeAll(join(root, output), join(root, 'native'));
  await Promise.all([compileTypeScript(), writeDeclarations()]);
  await Promise.all([writeModuleWrappers(), writeBundles()]);
}

export async function buildFailpoints() {
  // A target folder of its own, so that the features of this build do not make the main one stale;
  // and no link-time optimisation, which takes long and which no test needs.
  const folder = join('target', 'failpoints');
  const args = ['build', '--release', '--lib', '--features', 'failpoints', '--target-dir', folder];
  await mustRun('Building the binary with failpoints', 'cargo', args, {
    env: { CARGO_PROFILE_RELEASE_LTO: 'off', CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16' },
  });
  const library = LIBRARIES[process.platform] ?? 'libpsc_native.so';
  mkdirSync(join(root, 'native-failpoints'), { recursive: true });
  placeFile(
    join(root, folder, 'release', library),
    join(root, 'native-failpoints', 'psc-native.node'),
  );
}

await runAsScript(import.meta.url, () => {
  if (process.argv.includes('--failpoints')) return buildFailpoints();
  return build({ debug: process.argv.includes('--debug') });
});
