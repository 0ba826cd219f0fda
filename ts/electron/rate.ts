/** What becomes of an event: it is taken, it is the first of too many, or it is one of those that follow. */
export type RateVerdict = 'taken' | 'first' | 'cut';

/**
 * How much one renderer may say: so many events a second, and as many at once. Who says more is cut off, and heard again
 * after a second of silence; the few events that even an honest sender still has to say hardly lengthen that. To look at
 * an event of one that is cut off costs next to nothing.
 */
export class Rate {
  private readonly perSecond: number;
  private left: number;
  private at: number;
  /** What is left of one that is cut off at most, and with how much it is heard again: a second lies between. */
  private readonly half: number;
  private cut = false;

  constructor(perSecond: number, now: number) {
    this.perSecond = perSecond;
    this.half = perSecond / 2;
    this.left = perSecond;
    this.at = now;
  }

  /** An event came. */
  take(now: number): RateVerdict {
    this.refill(now);
    if (this.cut) {
      if (this.left < this.half) {
        if (this.left > -this.half) this.left -= 1;
        return 'cut';
      }
      this.cut = false;
    }
    this.left -= 1;
    return this.judge();
  }

  /** An event that was taken when it came is to be answered now: what was answered since then may have cost too much. */
  answer(now: number): RateVerdict {
    if (this.cut) return 'cut';
    this.refill(now);
    return this.judge();
  }

  /** Whether something more may be spent. */
  hasLeft(now: number): boolean {
    this.refill(now);
    return !this.cut && this.left > 0;
  }

  /** The next event is one too many. */
  exhaust(): void {
    this.left = Math.min(this.left, 0);
  }

  /** What was taken cost as much as so many events: because it was long, or was answered. */
  spend(events: number): void {
    this.left -= events;
  }

  private refill(now: number): void {
    const passed = now - this.at;
    this.at = now;
    this.left = Math.min(this.perSecond, this.left + (passed / 1000) * this.perSecond);
  }

  private judge(): RateVerdict {
    if (this.left > 0) return 'taken';
    this.cut = true;
    this.left = Math.min(this.left, -this.half);
    return 'first';
  }
}
