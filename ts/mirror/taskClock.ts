/** How often a reading may be used within one task, should that be a long one. */
const MAX_USES = 256;

/**
 * A clock that is cheap to look at often: a reading serves until the running task ends, or 256 times. Asking the real one
 * costs more than everything else that a read of a mirror does.
 */
export class TaskClock {
  readonly #now: () => number;
  #reading = 0;
  #uses = 0;
  #planned = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The instant, at most as old as the running task. */
  readonly now = (): number => {
    if (this.#uses > 0) {
      this.#uses -= 1;
      return this.#reading;
    }
    this.#reading = this.#now();
    this.#uses = MAX_USES - 1;
    if (!this.#planned) {
      this.#planned = true;
      queueMicrotask(() => {
        this.#planned = false;
        this.#uses = 0;
      });
    }
    return this.#reading;
  };
}
