/** How long a sender has to be silent before it is heard again, in ms. */
const SILENCE_MS = 1000;

/** What becomes of an event: it is taken, it is the first of too many, or it is one of those that follow. */
export type RateVerdict = 'taken' | 'first' | 'cut';

/**
 * How much one renderer may say: so many events a second, and as many at once. Who says more is cut off, and heard again
 * after a second of silence. To look at an event of one that is cut off costs next to nothing.
 */
export class Rate {
  private readonly perSecond: number;
  private left: number;
  private at: number;
  private cut = false;

  constructor(perSecond: number, now: number) {
    this.perSecond = perSecond;
    this.left = perSecond;
    this.at = now;
  }

  /** An event came. */
  take(now: number): RateVerdict {
    const passed = now - this.at;
    this.at = now;
    if (this.cut) {
      if (passed < SILENCE_MS) return 'cut';
      this.cut = false;
    }
    this.left = Math.min(this.perSecond, this.left + (passed / 1000) * this.perSecond) - 1;
    if (this.left > 0) return 'taken';
    this.cut = true;
    return 'first';
  }

  /** What was taken cost as much as so many events: an answer that was long. */
  spend(events: number): void {
    this.left -= events;
  }
}
