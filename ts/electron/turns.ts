/** So many events may be taken as they come. */
const EVENTS_AT_ONCE = 100;
/** Of those that wait, so many are taken before others get their turn: some hundred microseconds' worth. */
const EVENTS_PER_TURN = 25;

/**
 * What one renderer has said, in order and in turns: who says much at once is heard bit by bit, so that nothing else in
 * the main process waits for all of it. Who says little never waits.
 */
export class Turns {
  readonly #everybody: { waiting: number };
  #left = EVENTS_AT_ONCE;
  #planned = false;
  #waiting: (() => void)[] = [];

  /** @param everybody - Counts the tasks of all who wait. */
  constructor(everybody: { waiting: number }) {
    this.#everybody = everybody;
  }

  /** How many tasks wait for a later turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a task: now, or behind those that wait. It must not throw. */
  take(task: () => void): void {
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left -= 1;
      task();
    } else {
      this.#waiting.push(task);
      this.#everybody.waiting += 1;
    }
    // Not for each event: a turn costs as much as one.
    if (this.#left <= EVENTS_AT_ONCE / 2) this.#plan();
  }

  /** A task cost as much as so many events more. */
  spend(events: number): void {
    this.#left -= events;
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#planned = false;
    this.#left = EVENTS_PER_TURN;
    let done = 0;
    for (const task of this.#waiting) {
      if (this.#left <= 0) break;
      this.#left -= 1;
      done += 1;
      task();
    }
    this.#waiting.splice(0, done);
    this.#everybody.waiting -= done;
    if (this.#waiting.length > 0) this.#plan();
    else this.#left = EVENTS_AT_ONCE;
  };
}
