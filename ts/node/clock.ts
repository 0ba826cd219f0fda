import { unref } from '../unref';

/** How old the coarse clock may be, in milliseconds, while the event loop turns. */
const RESOLUTION = 25;
/** How many readings it may serve without looking, while the event loop does not turn. */
const READINGS = 256;

/**
 * The boot-time clock, read seldom: checking a memo must not cost a system call each time. A timer makes it stale after
 * {@link RESOLUTION}; the timer is set only by a reading, so that an idle process is not woken.
 */
export class CoarseClock {
  private instant = 0;
  private readings = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param read - The exact clock, in milliseconds. */
  constructor(private readonly read: () => number) {}

  /** The present instant, at most {@link RESOLUTION} late. */
  now(): number {
    if (this.readings > 0) {
      this.readings -= 1;
      return this.instant;
    }
    this.instant = this.read();
    this.readings = READINGS;
    this.timer ??= unref(
      setTimeout(() => {
        this.timer = undefined;
        this.readings = 0;
      }, RESOLUTION),
    );
    return this.instant;
  }
}
