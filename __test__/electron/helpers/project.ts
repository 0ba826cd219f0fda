import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, relative } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type BuildOptions, build } from 'esbuild';
import { uniqueDirectory } from '../../helpers/unique';
import { REPOSITORY } from './application';

/** A project of a user's own: a copy of a folder, with this package and others among its dependencies. */
export class Project {
  private constructor(readonly folder: string) {}

  static create(
    t: ExecutionContext,
    source: string,
    dependencies: readonly string[] = [],
  ): Project {
    const folder = uniqueDirectory(t);
    cpSync(source, folder, { recursive: true });
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    symlinkSync(REPOSITORY, join(modules, 'psc-native'));
    for (const name of dependencies) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
    }
    return new Project(folder);
  }

  /** The path of a file in it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Bundles one of its scripts as for a page or a sandboxed preload script. Returns the path of the output. */
  async bundle(name: string, options: BuildOptions = {}): Promise<string> {
    return this.#build(name, {
      bundle: true,
      platform: 'browser',
      target: 'chrome108',
      external: ['electron'],
      ...options,
    });
  }

  /** Turns `import` into `require`, and changes nothing else: for processes that have Node's. */
  async transpile(name: string): Promise<string> {
    return this.#build(name, { platform: 'node', target: 'node16' });
  }

  /** Names the script that `electron` starts. */
  start(main: string): string {
    writeFileSync(
      this.path('package.json'),
      JSON.stringify({ name: 'project', main: relative(this.folder, main) }),
    );
    return this.folder;
  }

  async #build(name: string, options: BuildOptions): Promise<string> {
    const outfile = this.path(join('built', `${parse(name).name}.js`));
    await build({
      entryPoints: [this.path(name)],
      outfile,
      format: 'cjs',
      logLevel: 'error',
      ...options,
    });
    return outfile;
  }
}
