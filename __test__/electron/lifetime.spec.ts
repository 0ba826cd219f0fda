import test from 'ava';
import { counts } from '../helpers/counts';
import { play } from './helpers/scenario';

// What main keeps of windows, and what windows find, whatever becomes of them.

const MIB = 2 ** 20;
const FULL_MS = 900_000;

/** What main held at some moment. */
interface Held {
  readonly bytes: number;
  readonly listeners: Readonly<Record<string, number>>;
  readonly mirrors: number;
}

interface Kept {
  readonly before: Held;
  readonly after: Held;
  readonly stats: Readonly<Record<string, number>>;
}

const grown = ({ before, after }: Kept) => (after.bytes - before.bytes) / 1024;

test('reloading a window again and again leaves nothing in the main process, and each document starts warm', async (t) => {
  t.timeout(FULL_MS);
  const cycles = counts(60, 500);
  const options = { cycles, first: counts(20, 100) };
  const { result, printed } = await play<Kept & { cold: number }>(
    t,
    'lifetime',
    'reload',
    options,
    FULL_MS,
  );
  t.log(`${cycles} reloads: ${grown(result).toFixed()} KiB more than after ${options.first}`);
  t.is(result.cold, 0);
  t.true(result.after.bytes - result.before.bytes < MIB);
  t.deepEqual(result.after.listeners, result.before.listeners);
  t.deepEqual([result.before.mirrors, result.after.mirrors, result.stats.mirrors], [1, 1, 0]);
  t.deepEqual([result.stats.malformed, result.stats.dropped, result.stats.failures], [0, 0, 0]);
  t.deepEqual(printed, []);
});

test('opening and closing windows leaves nothing in the main process, and no process', async (t) => {
  t.timeout(FULL_MS);
  const cycles = counts(30, 200);
  const options = { cycles, first: counts(10, 100) };
  const { result, printed } = await play<Kept>(t, 'lifetime', 'openAndClose', options, FULL_MS);
  t.log(`${cycles} windows: ${grown(result).toFixed()} KiB more than after ${options.first}`);
  t.true(result.after.bytes - result.before.bytes < MIB);
  t.deepEqual(result.after.listeners, result.before.listeners);
  t.deepEqual([result.before.mirrors, result.after.mirrors, result.stats.mirrors], [1, 1, 0]);
  t.deepEqual([result.stats.malformed, result.stats.dropped, result.stats.failures], [0, 0, 0]);
  t.deepEqual(printed, []);
});

test('a window that navigates, within a site and to another one, has a warm mirror and shares', async (t) => {
  const { result, printed } = await play<{
    seen: [unknown, number][];
    listeners: [object, object];
  }>(t, 'lifetime', 'navigate');
  t.deepEqual(result.seen, Array(5).fill(['yes', 2]));
  const [navigated, stayed] = result.listeners;
  t.deepEqual(navigated, stayed);
  t.deepEqual(printed, []);
});

test('what a document says while it is left neither stays as a mirror nor keeps the next one from sharing', async (t) => {
  const { result, printed } = await play<Kept['stats']>(t, 'lifetime', 'farewell');
  t.is(result.mirrors, 0);
  t.is(result.failures, 0);
  t.log(`${result.dropped} events came too late to be taken`);
  t.deepEqual(printed, []);
});

test('a window that crashed takes part no more, and after a reload it is warm and shares again', async (t) => {
  const { result, printed } = await play<{
    without: number;
    first: unknown;
    meanwhile: unknown;
    listeners: [object, object];
  }>(t, 'lifetime', 'crash');
  t.is(result.without, 1);
  t.deepEqual([result.first, result.meanwhile], ['yes', 'said']);
  const [crashed, stayed] = result.listeners;
  t.deepEqual(crashed, stayed);
  t.deepEqual(printed, []);
});

test('hidden and background-throttled windows converge all the same', async (t) => {
  const { result, printed } = await play<unknown[]>(t, 'lifetime', 'hidden');
  const latest = Array.from({ length: 20 }, (_, n) => 180 + n);
  t.deepEqual(result, [latest, latest]);
  t.deepEqual(printed, []);
});

test('windows of several sessions share, and one of a session that was not named has no adapter', async (t) => {
  const { result, printed } = await play<string>(t, 'lifetime', 'sessions');
  t.is(result, 'undefined');
  t.deepEqual(printed, []);
});

test('open developer tools change nothing, and are no mirror', async (t) => {
  const { result, printed } = await play<{
    first: unknown;
    during: number;
    theirs: string;
    before: object;
    after: object;
  }>(t, 'lifetime', 'devTools');
  t.deepEqual([result.first, result.during, result.theirs], ['yes', 2, 'undefined']);
  t.deepEqual(result.after, result.before);
  t.deepEqual(printed, []);
});
