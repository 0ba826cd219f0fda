/** What of the global object may or may not be there. */
const { performance } = globalThis as { readonly performance?: { now(): number } };

/** The longest that `setTimeout` can wait; what lies further away is not waited for. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Milliseconds on a clock that never goes back. Not an instant of the day. */
export const now: () => number =
  performance === undefined ? Date.now : () => (performance as { now(): number }).now();

/** Runs something once, at an instant of {@link now} or just after it. Returns what calls it off. */
export function at(instant: number, run: () => void): () => void {
  const delay = Math.max(0, Math.ceil(instant - now()));
  if (delay > MAX_DELAY_MS) return () => {};
  const timer = setTimeout(run, delay);
  return () => clearTimeout(timer);
}
