import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { within } from './until';

/** How to start a fixture. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  readonly cwd?: string;
  /** A program that starts Node, which follows with its arguments. */
  readonly under?: readonly string[];
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** What a fixture says: that it is ready, an answer, or something it was not asked for. */
interface Said {
  readonly told?: unknown;
}

interface Answer extends Said {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string };
}

/** A child that answers questions. Ended with its test at the latest. */
export class TestProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  /** What it said without being asked. */
  readonly told: unknown[] = [];
  #ready = false;
  #numbers = 0;
  #stderr = '';
  #isOver = false;
  #noticed = () => {};
  readonly #questions = new Map<number, (answer: Answer) => void>();

  private constructor(
    file: string,
    { args = [], execArgv = [], under = [], ...rest }: StartOptions,
  ) {
    const [program, ...parts] = [...under, process.execPath, ...execArgv, file, ...args];
    this.child = spawn(program as string, parts, {
      serialization: 'advanced',
      ...(rest.cwd === undefined ? {} : { cwd: rest.cwd }),
      env: rest.env ?? process.env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    this.child.on('message', (message) => this.#hear(message as Answer | 'ready'));
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      const message = `process ${this.child.pid} ended (${code ?? signal}): ${this.#stderr}`;
      for (const [number, answer] of this.#questions) answer({ number, error: { message } });
      this.#questions.clear();
      this.#noticed();
      return { code, signal, stderr: this.#stderr };
    });
  }

  /** Starts a fixture by its name, or any file by its path, and waits until it says that it is ready. */
  static async start(
    t: ExecutionContext,
    file: string,
    options: StartOptions = {},
  ): Promise<TestProcess> {
    const path = file.startsWith('/') ? file : join(__dirname, '../fixtures', `${file}.mjs`);
    const started = new TestProcess(path, options);
    t.teardown(() => started.kill());
    await started.next('says that it is ready', () => started.#ready);
    return started;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Asks, and returns the answer; an error that the other side threw is thrown here, with its code. */
  ask<T = unknown>(verb: string, ...args: unknown[]): Promise<T> {
    this.#numbers += 1;
    const number = this.#numbers;
    const answered = new Promise<T>((resolve, reject) => {
      this.#questions.set(number, ({ value, error }) => {
        if (error === undefined) resolve(value as T);
        else reject(Object.assign(new Error(error.message), { code: error.code }));
      });
    });
    if (!this.#isOver) this.child.send({ number, verb, args }, () => {});
    return within(`the answer to ${verb}`, answered, 120_000);
  }

  /** Waits until something holds that only its messages, or its end, can bring about. */
  async next(what: string, condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#isOver) throw new Error(`A process ended before it ${what}: ${this.#stderr}`);
      const noticed = new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
      await within(`A process ${what}`, noticed);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it as the kernel would, and waits until nothing is left of it. */
  async kill(): Promise<Ending> {
    this.child.kill('SIGKILL');
    return this.ended;
  }

  #hear(message: Answer | 'ready'): void {
    if (message === 'ready') {
      this.#ready = true;
    } else if (this.#questions.has(message.number)) {
      const answer = this.#questions.get(message.number);
      this.#questions.delete(message.number);
      answer?.(message);
    } else if (message.told !== undefined) {
      this.told.push(message.told);
    }
    this.#noticed();
  }
}
