interface Planned {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Timers that are nearly always called off: each awaited write has one. Setting and clearing a timer of the platform
 * costs a window more than all else of a write, so one of those serves many of ours: it is left to go off, looks what is
 * due by then, and is set again only while something waits.
 */
export class Timers {
  readonly #now: () => number;
  readonly #set: (run: () => void, ms: number) => void;
  readonly #planned = new Set<Planned>();
  /** When the platform's timer goes off. */
  #wakesAt = Number.POSITIVE_INFINITY;
  /** Counts the platform's timers: only the last one set is looked at. */
  #wakes = 0;

  /** @param set - Sets a timer of the platform, which is never cleared. */
  constructor(now: () => number, set: (run: () => void, ms: number) => void) {
    this.#now = now;
    this.#set = set;
  }

  /** Runs something once, so many ms from now or a moment later. Returns what calls it off. */
  after(ms: number, run: () => void): () => void {
    const now = this.#now();
    const planned = { at: now + ms, run };
    this.#planned.add(planned);
    this.#wakeBy(planned.at, now);
    return () => this.#planned.delete(planned);
  }

  #wakeBy(at: number, now: number): void {
    if (this.#wakesAt <= at) return;
    this.#wakesAt = at;
    this.#wakes += 1;
    const wake = this.#wakes;
    this.#set(() => {
      if (wake === this.#wakes) this.#wake();
    }, at - now);
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#now();
    // In the order in which they are due, and never one that an earlier one has called off.
    const due = [...this.#planned].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    try {
      for (const planned of due) if (this.#planned.delete(planned)) planned.run();
    } finally {
      const next = Math.min(...[...this.#planned].map(({ at }) => at));
      if (next < Number.POSITIVE_INFINITY) this.#wakeBy(next, this.#now());
    }
  }
}
