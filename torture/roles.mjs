import { openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { takeAll } from './disk.mjs';
import { Random } from './random.mjs';

// What a process does in a round, until its time is over. Each is given an adapter, what records, and its own choices.

const until = (ms) => {
  const end = performance.now() + ms;
  return () => performance.now() < end;
};

/** A value that nobody else writes; as long as the round wants it. It says how long it is. */
function newValue(writer, n, random, most) {
  const length = most > 0 ? random.below(most) : 0;
  return `${writer} ${n} ${length} ${'x'.repeat(length)}`;
}

/** What of a value a history needs; a value that is not whole is another one. */
function nameOf(value) {
  if (value === undefined) return undefined;
  const [, name, length, rest] = /^(.* \d+) (\d+) (x*)$/.exec(value) ?? [];
  return rest?.length === Number(length) ? name : `a torn value of ${value.length} characters`;
}

export const roles = {
  /** Sets, reads, removes and clears a few keys as fast as it can. */
  async registers({ adapter, recorder, name, seed, ms, keys, most, clears = true }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    for (let n = 0; goesOn(); n += 1) {
      const key = `key ${random.below(keys)}`;
      const kind = random.below(100);
      if (kind < 50) {
        for (let reads = 0; reads < 4; reads += 1)
          recorder.sync('get', key, () => nameOf(adapter.get(key)));
      } else if (kind < 90) {
        const value = newValue(name, n, random, most);
        await recorder.async('set', key, nameOf(value), () => adapter.set(key, value));
      } else if (kind < 99 || !clears) {
        await recorder.async('remove', key, null, () => adapter.remove(key));
      } else {
        await recorder.async('clear', undefined, null, () => adapter.clear());
      }
      if (n % 64 === 0) await delay(0);
    }
  },

  /** Changes records of every length, so that they come to end just where the ring does. */
  async records({ adapter, recorder, seed, ms, keys, most }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    for (let n = 0; goesOn(); n += 1) {
      const key = `key ${random.below(keys)}${'x'.repeat(random.below(9))}`;
      const kind = random.below(8);
      try {
        if (kind === 0) await adapter.set(key, 'w'.repeat(random.below(most)));
        else if (kind === 1) await adapter.increment(`count ${random.below(keys)}`);
        else await adapter.update(key, () => 'v'.repeat(random.below(most)));
      } catch (error) {
        await recorder.async('update', key, 'v', () => Promise.reject(error));
        return;
      }
      // What was read is moved, and not evicted.
      adapter.get(key);
      if (n % 256 === 0) await delay(0);
    }
  },

  /** Asks for one key again and again, which nobody can make. */
  async storm({ adapter, recorder, seed, times }) {
    const random = new Random(seed);
    for (let n = 0; n < times; n += 1) {
      const make = async () => {
        await delay(random.below(3));
        return undefined;
      };
      await recorder.async('getOrSet', 'key', null, () => adapter.getOrSet('key', make));
      // Busy, so that whoever is told looks late.
      const goesOn = until(random.below(4));
      while (goesOn());
    }
  },

  /** Holds a lock now and then. */
  async locks({ adapter, recorder, seed, ms, names }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    while (goesOn()) {
      const name = `name ${random.below(names)}`;
      try {
        await adapter.locker.lock(name);
      } catch {
        continue;
      }
      const held = () => delay(random.below(5));
      await recorder.async('hold', name, null, held);
      await adapter.locker.unlock(name).catch(() => {});
    }
  },

  /** Fills a disk, and gives some of it back, again and again; all of it in the end. */
  async fills({ path, seed, ms }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    while (goesOn()) {
      takeAll(path);
      await delay(random.below(80));
      truncateSync(path, random.chance(0.4) ? 0 : random.below(statSync(path).size + 1));
      await delay(random.below(40));
    }
    truncateSync(path, 0);
  },

  /** Reads one key all the time, so that it is remembered. */
  async reads({ adapter, recorder, ms }) {
    const goesOn = until(ms);
    while (goesOn()) {
      for (let n = 0; n < 50; n += 1) adapter.get('key');
      recorder.sync('get', 'key', () => adapter.get('key'));
      await delay(1);
    }
  },

  /** Changes the truth that factories read, and invalidates the key. */
  async invalidates({ adapter, recorder, seed, ms, truth }) {
    const random = new Random(seed);
    const file = openSync(truth, 'r+');
    const goesOn = until(ms);
    while (goesOn()) {
      const version = Number(readFileSync(truth, 'utf8')) + 1;
      // In place, so that nobody reads a part of it.
      writeSync(file, `${version}`.padStart(12), 0);
      const kind = random.pick(['remove', 'clear', 'set', 'update']);
      const value = kind === 'set' || kind === 'update' ? version : undefined;
      const run = () => {
        if (kind === 'update') return adapter.update('key', () => version);
        return kind === 'clear' ? adapter.clear() : adapter[kind]('key', value);
      };
      await recorder.async(kind, 'key', value ?? null, run, { version });
      await delay(random.below(8));
    }
  },

  /** Computes the key from the truth, slowly. */
  async computes({ adapter, recorder, seed, ms, truth }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    while (goesOn()) {
      const make = async () => {
        const version = Number(readFileSync(truth, 'utf8'));
        await delay(random.below(15));
        return version;
      };
      await recorder.async('getOrSet', 'key', undefined, () => adapter.getOrSet('key', make));
      recorder.sync('get', 'key', () => adapter.get('key'));
      await delay(random.below(3));
    }
  },

  /** Writes through a mirror, and reads what it has written at once. */
  async mirrors({ adapter, recorder, name, seed, ms, keys, most, isMirror }) {
    const random = new Random(seed);
    const goesOn = until(ms);
    for (let n = 0; goesOn(); n += 1) {
      const key = `key ${random.below(keys)}`;
      if (random.chance(0.8)) {
        const value = newValue(name, n, random, most);
        const settled = recorder.async('set', key, nameOf(value), () => adapter.set(key, value));
        const read = adapter.get(key);
        // What a native process has set, another one may have overwritten already.
        if (isMirror && read !== value)
          recorder.sync('own', key, () => nameOf(read) ?? null, { wrote: nameOf(value) });
        if (n % 8 === 0) await settled;
      } else {
        await recorder.async('remove', key, null, () => adapter.remove(key));
      }
      if (n % 32 === 0) await delay(0);
    }
  },
};
