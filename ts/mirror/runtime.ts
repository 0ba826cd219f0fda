import { unref } from '../unref';
import { warn } from '../warnings';
import { Timers } from './timers';

/** What a mirror needs of the place it runs in: Node, a sandboxed preload or a page. Tests bring their own. */
export interface Runtime {
  /** Milliseconds on a clock that never goes back. Not an instant of the day. */
  now(): number;
  /** Runs something once, later, without keeping the process alive for it. Returns what calls it off. */
  after(ms: number, run: () => void): () => void;
  /** An id that nobody else has. */
  newId(): string;
  /** Tells the developer something once. */
  warn(code: string, message: string): void;
}

/** What of the global object may or may not be there. */
interface Globals {
  readonly crypto?: { randomUUID?(): string };
  readonly performance?: { now(): number };
}

const globals = globalThis as unknown as Globals;

/** By how many milliseconds the clocks may differ before the wall clock counts as set forward, or the machine as woken. */
const DRIFT_MS = 1000;

/**
 * The wall clock counts suspension but jumps, the monotonic one does neither. This one goes with the monotonic one, and
 * forward with the wall clock where that is more than a second ahead: a value may expire early after a jump, which is a
 * miss, but lives no longer than it may by more than that.
 */
export function combineClocks(wall: () => number, monotonic: () => number): () => number {
  const origin = wall() - monotonic();
  let ahead = 0;
  return () => {
    const now = monotonic();
    const drift = wall() - now - origin;
    if (drift > ahead + DRIFT_MS) ahead = drift;
    return now + ahead;
  };
}

/** `crypto.randomUUID` is missing on pages that are not secure and in Electron below 22. */
function newId(): string {
  const { crypto } = globals;
  if (typeof crypto?.randomUUID === 'function') return crypto.randomUUID();
  // Not secret, only unique: who can read events can read ids.
  const part = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');
  return `${Date.now().toString(36)}-${part()}-${part()}`;
}

const monotonic = () => globals.performance?.now() ?? Date.now();

const timers = new Timers(monotonic, (run, ms) => {
  unref(setTimeout(run, Math.ceil(ms)));
});

/** The place that this module runs in. */
export const runtime: Runtime = {
  now: combineClocks(Date.now, monotonic),
  after: (ms, run) => timers.after(ms, run),
  newId,
  warn,
};
