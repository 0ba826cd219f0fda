import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext } from 'ava';
import { Participant, type RemoteAdapter } from './participants';
import { type StartOptions, TestProcess } from './processes';
import { uniqueDirectory } from './unique';

const PROGRAM = pathToFileURL(join(__dirname, '../fixtures/parent.mjs')).href;

/** A child of a process of an application. */
export interface Child {
  open(id?: string): Promise<RemoteAdapter>;
  synchronize(id?: string): Promise<void>;
}

/** A process of an application. */
export class Run extends Participant {
  /** Forks a child: of the same program unless said otherwise, with this environment unless said otherwise. */
  async fork(env?: NodeJS.ProcessEnv, script?: string): Promise<Child> {
    const number = await this.process.ask<number>('fork', env, script);
    const ask = <T>(...words: unknown[]) => this.process.ask<T>('child', number, ...words);
    return {
      synchronize: (id) => ask('synchronize', id),
      open: async (id) => {
        const adapter = await ask<number>('open', id);
        return {
          set: (key, value) => ask('set', adapter, key, value),
          get: (key) => ask('get', adapter, key),
          remove: (key) => ask('remove', adapter, key),
          clear: () => ask('clear', adapter),
          close: () => ask('close', adapter),
          ready: () => ask('ready', adapter),
        };
      },
    };
  }
}

/** An application: a folder with a `package.json` and a program, which is told what to do. */
export class Application {
  readonly folder: string;
  readonly #main: string;

  constructor(
    readonly t: ExecutionContext,
    main = 'server/main.mjs',
  ) {
    this.folder = uniqueDirectory(t);
    this.#main = main;
    writeFileSync(join(this.folder, 'package.json'), '{}');
    this.program(main);
  }

  /** Writes one more program, and returns its path. */
  program(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import('${PROGRAM}');\n`);
    return path;
  }

  /** Runs it once. */
  async run(options: StartOptions = {}): Promise<Run> {
    const { PSC_NATIVE_NAME: _, ...env } = process.env;
    const path = join(this.folder, this.#main);
    return new Run(await TestProcess.start(this.t, path, { env, ...options }));
  }
}
