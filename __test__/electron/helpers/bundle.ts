import { join, resolve } from 'node:path';
import type { ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { uniqueDirectory } from '../../helpers/unique';

/**
 * Bundles a preload script as a user's bundler does, for a sandbox that can `require` nothing but
 * Electron. Returns the path of the one file, which lives as long as the test.
 */
export async function bundlePreload(t: ExecutionContext, entryFile: string): Promise<string> {
  const outfile = join(uniqueDirectory(t), 'preload.js');
  await build({
    entryPoints: [resolve(entryFile)],
    outfile,
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    target: 'chrome108',
    external: ['electron'],
    logLevel: 'error',
  });
  return outfile;
}
