import type { Runtime } from '../../ts/mirror/runtime';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A place to run in whose time the test decides. */
export class ManualRuntime implements Runtime {
  readonly warnings: string[] = [];
  #time = 0;
  #ids = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#time + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  newId(): string {
    this.#ids += 1;
    return `mirror-${this.#ids}`;
  }

  warn(code: string): void {
    this.warnings.push(code);
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timers and all. */
  advance(ms: number): void {
    const end = this.#time + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.run();
    }
    this.#time = end;
  }
}
