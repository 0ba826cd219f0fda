import type { Runtime } from './runtime';

/** How often is looked whether something waits too long, in ms. */
export const LOOK_EVERY_MS = 2000;
/** After how many ms without an answer a question is asked, at first; twice as long each time. */
export const ASK_AFTER_MS = 2000;
/** The longest pause between two questions, in ms. */
export const MAX_ASK_AFTER_MS = 60_000;

/** Looks after what waits: one timer while something does, none otherwise. */
export class Vigil {
  readonly #runtime: Runtime;
  readonly #look: () => void;
  #cancel: (() => void) | undefined;
  #pause = ASK_AFTER_MS;
  #askAt = 0;

  /** @param look - Called every {@link LOOK_EVERY_MS} while something waits. */
  constructor(runtime: Runtime, look: () => void) {
    this.#runtime = runtime;
    this.#look = look;
  }

  /** Whether enough time has passed since the last question for another one. */
  get mayAsk(): boolean {
    return this.#runtime.now() >= this.#askAt;
  }

  /** A question was asked: the next one has to wait twice as long. */
  asked(): void {
    this.#askAt = this.#runtime.now() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, MAX_ASK_AFTER_MS);
  }

  /** An answer came. */
  answered(): void {
    this.#pause = ASK_AFTER_MS;
  }

  /** Something waits, or nothing does. */
  keep(waiting: boolean): void {
    if (!waiting) {
      this.#cancel?.();
      this.#cancel = undefined;
    } else if (this.#cancel === undefined) {
      this.#cancel = this.#runtime.after(LOOK_EVERY_MS, () => {
        this.#cancel = undefined;
        this.#look();
      });
    }
  }
}
