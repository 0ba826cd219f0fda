import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { transform } from 'esbuild';
import { uniqueDirectory } from './unique';
import { until, within } from './until';

const REPOSITORY = join(__dirname, '../..');
const INSTANCE = pathToFileURL(join(__dirname, '../fixtures/instance.mjs')).href;
const COMMAND_MS = 60_000;

const exec = promisify(execFile);

/** What of `pm2 jlist` counts. */
interface Listed {
  readonly name: string;
  readonly pid: number;
  readonly pm2_env: { readonly status: string; readonly restart_time: number };
}

/** How PM2 is to start an application. */
export interface Start {
  readonly mode: 'fork' | 'cluster';
  readonly script: string;
  readonly instances?: number;
  readonly args?: readonly string[];
}

/** A process that PM2 has started. */
export class Instance {
  constructor(
    private readonly socket: string,
    readonly pid: number,
  ) {}

  get isThere(): boolean {
    return existsSync(this.socket);
  }

  /** Calls a method of its adapter. */
  async ask<T = unknown>(method: string, ...args: unknown[]): Promise<T> {
    const socket = connect(this.socket).end(JSON.stringify([method, ...args]));
    return JSON.parse(await within(`The answer to ${method}`, text(socket))).value;
  }
}

/** A folder with a `package.json`, this package among its dependencies, and a program that answers. */
export async function writeApplication(
  t: ExecutionContext,
  { file, code }: { readonly file: string; readonly code: string },
): Promise<string> {
  const folder = uniqueDirectory(t);
  writeFileSync(join(folder, 'package.json'), '{}');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(REPOSITORY, join(folder, 'node_modules/psc-native'));
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const program = `${code}\nimport('${INSTANCE}').then(({ answer }) => answer(cache));\n`;
  const isCommon = file.endsWith('.cjs');
  // What a compiler makes of it; `import()` stays.
  const options = { format: 'cjs', supported: { 'dynamic-import': true } } as const;
  writeFileSync(path, isCommon ? (await transform(program, options)).code : program);
  return folder;
}

/** PM2 with a home of its own. Ended with its test, and with all that it has started. */
export class ProcessManager {
  readonly #home: string;
  readonly #sockets: string;

  constructor(
    t: ExecutionContext,
    private readonly command: string,
  ) {
    this.#home = uniqueDirectory(t);
    this.#sockets = uniqueDirectory(t);
    t.teardown(() => this.run('kill'));
  }

  /** Runs a command of PM2, and returns what it prints. */
  async run(...args: readonly string[]): Promise<string> {
    const { PSC_NATIVE_NAME: _, ...inherited } = process.env;
    const { stdout } = await exec(process.execPath, [this.command, ...args], {
      env: {
        ...inherited,
        PM2_HOME: this.#home,
        PM2_DISABLE_VERSION_CHECK: 'true',
        SOCKETS: this.#sockets,
      },
      timeout: COMMAND_MS,
      maxBuffer: 2 ** 24,
    });
    return stdout;
  }

  /** Starts the instances of an application in its folder, and resolves when all of them answer. */
  async start(
    folder: string,
    { mode, script, instances = 2, args = [] }: Start,
  ): Promise<Instance[]> {
    const name = folder.slice(folder.lastIndexOf('-') + 1);
    const config = join(folder, 'ecosystem.config.cjs');
    const app = { name, script, cwd: folder, exec_mode: mode, instances, args };
    writeFileSync(config, `module.exports = ${JSON.stringify({ apps: [app] })};\n`);
    await this.run('start', config);
    return this.instances(folder, instances);
  }

  /** Those that run now, when there are as many as expected and all of them answer. */
  async instances(folder: string, expected: number): Promise<Instance[]> {
    const name = folder.slice(folder.lastIndexOf('-') + 1);
    return until(`${expected} instances answer`, async () => {
      const listed: Listed[] = JSON.parse(await this.run('jlist'));
      const running = listed
        .filter((each) => each.name === name && each.pm2_env.status === 'online')
        .map(({ pid }) => new Instance(join(this.#sockets, `${pid}`), pid));
      const areThere = running.length === expected && running.every(({ isThere }) => isThere);
      return areThere ? running : undefined;
    });
  }

  /** What all that it has started printed on stderr. */
  printed(): string {
    const logs = join(this.#home, 'logs');
    const files = readdirSync(logs).filter((name) => name.includes('-error'));
    return files.map((name) => readFileSync(join(logs, name), 'utf8')).join('');
  }
}
