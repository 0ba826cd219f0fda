import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Violation } from './violation.mjs';

/** Milliseconds for whatever comes to an end by itself: far more than it takes, because machines are busy. */
export const LIVELY_MS = 30_000;

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** A process of a round. */
export class Hand {
  #questions = new Map();
  #numbers = 0;
  #stderr = '';
  isKilled = false;
  isOver = false;

  constructor(child, name) {
    this.name = name;
    this.child = child;
    this.begun = new Promise((resolve) => this.#questions.set(0, { resolve, reject() {} }));
    child.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    child.on('message', ({ number, value, error }) => {
      const question = this.#questions.get(number);
      this.#questions.delete(number);
      if (error) question?.reject(Object.assign(new Error(error.message), { code: error.code }));
      else question?.resolve(value);
    });
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.isOver = true;
        for (const { reject } of this.#questions.values()) {
          reject(
            new Violation(`process ${name} ended by itself (${code ?? signal}): ${this.#stderr}`),
          );
        }
        this.#questions.clear();
        resolve();
      });
    });
  }

  /** Rejects with a {@link Violation} if there is no answer in time, or the process ends by itself. */
  async ask(verb, ...args) {
    this.#numbers += 1;
    const number = this.#numbers;
    const answer = new Promise((resolve, reject) =>
      this.#questions.set(number, { resolve, reject }),
    );
    // Whoever does not wait for it is not told of it.
    answer.catch(() => {});
    if (this.isOver)
      throw new Violation(`process ${this.name} had ended when it was asked to ${verb}`);
    this.child.send({ number, verb, args }, () => {});
    return answer;
  }

  /** Ends it in good order. */
  leave() {
    this.isKilled = true;
    this.ask('leave').catch(() => {});
    return this.ended;
  }

  kill() {
    this.isKilled = true;
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

/** The processes of a round, their histories and their cache. */
export class Crew {
  hands = [];
  counts = { kills: 0, stops: 0, restarts: 0 };
  #names = 0;

  constructor(packagePath) {
    this.packagePath = packagePath;
    this.folder = mkdtempSync(join(tmpdir(), 'psc-torture-'));
    this.id = `torture-${process.pid}-${this.folder.slice(-6)}`;
  }

  /** The binary with failpoints of the package, if it was built. */
  get failpoints() {
    const path = join(this.packagePath, 'native-failpoints/psc-native.node');
    return existsSync(path) ? path : undefined;
  }

  /** Starts a process; at a `failpoint`, it is killed or gets another `signal`. */
  async start(name = 'worker', { failpoint, signal = 'KILL', under = [] } = {}) {
    this.#names += 1;
    const full = `${name} ${this.#names}`;
    const env = { ...process.env };
    if (failpoint !== undefined) {
      Object.assign(env, {
        NAPI_RS_NATIVE_LIBRARY_PATH: this.failpoints,
        PSC_FAILPOINT: failpoint,
        PSC_FAILPOINT_SIGNAL: signal,
      });
    }
    const [program, ...args] = [
      ...under,
      process.execPath,
      WORKER,
      this.packagePath,
      this.folder,
      full,
    ];
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const hand = new Hand(child, full);
    this.hands.push(hand);
    await within(`process ${full} begins`, hand.begun);
    return hand;
  }

  async kill(hand) {
    this.counts.kills += 1;
    await hand.kill();
  }

  /** Stops a process for a while. */
  async pause(hand, ms) {
    this.counts.stops += 1;
    hand.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, ms));
    hand.child.kill('SIGCONT');
  }

  async end() {
    for (const hand of this.hands) {
      hand.child.kill('SIGCONT');
      if (!hand.isOver) await hand.kill();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A promise's value, or a {@link Violation} if it is not settled in time. */
export async function within(what, promise, ms = LIVELY_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Violation(`in ${ms} ms it never was so that ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something holds, or there is a {@link Violation}. */
export async function until(what, condition, ms = LIVELY_MS) {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Violation(`in ${ms} ms it never was so that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
