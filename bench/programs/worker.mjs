// A worker: sets, and waits for what another one sets. Each library sees in the way that is fastest for it: ours by
// asking again and again, which costs no message; @alova/psc by the storage adapter, which is told of every change.

import { setImmediate as turn } from 'node:timers/promises';
import { answer } from '../child.mjs';
import { library } from '../libraries.mjs';
import { keys, record } from '../record.mjs';

const NOT_BEFORE_MS = 20;

let cache;
let polls;
let onSet = () => {};
const kept = new Map();
const storage = {
  set(key, value) {
    kept.set(key, value);
    onSet(key, value);
  },
  get: (key) => kept.get(key),
  remove: (key) => kept.delete(key),
  clear: () => kept.clear(),
};

const now = () => process.hrtime.bigint();
const numbered = (number, bytes) => record(number - 100_000, bytes);

function follow(count) {
  if (polls) return followByAsking(keys(count));
  return new Promise((resolve) => {
    let seen = 0;
    onSet = () => {
      seen += 1;
      if (seen === count) resolve(now());
    };
  });
}

async function followByAsking(all) {
  for (let seen = 0; seen < all.length; ) {
    if (cache.get(all[seen]) === undefined) await turn();
    else seen += 1;
  }
  return now();
}

/** Resolves when the key has a value with this number. */
function sees(key, number) {
  if (polls) {
    while (cache.get(key)?.[0].id !== number);
    return undefined;
  }
  return new Promise((resolve) => {
    onSet = (set, value) => {
      if (set === key && value[0].id === number) resolve();
    };
  });
}

answer({
  async open(name, id) {
    const { createPSCAdapter, NodeSyncAdapter } = await library(name);
    polls = name === 'ours';
    cache = createPSCAdapter(NodeSyncAdapter(undefined, id), polls ? undefined : storage);
    await cache.ready;
    // @alova/psc does not say when it is connected, and clears its storage then.
    if (!polls) await new Promise((resolve) => setTimeout(resolve, 500));
  },
  /** Sets keys one after the other. Resolves to when it began. */
  async setAll(count, bytes) {
    const all = keys(count);
    const values = Array.from({ length: 1000 }, (_, number) => record(number, bytes));
    // The follower has begun to look.
    await new Promise((resolve) => setTimeout(resolve, NOT_BEFORE_MS));
    const start = now();
    for (let at = 0; at < count; at += 1) await cache.set(all[at], values[at % values.length]);
    return start;
  },
  /** Resolves to when the last of these keys was seen. */
  follow,
  /** Sends `count` values there and back. Resolves to the microseconds of each round trip. */
  async ping(count) {
    const times = [];
    for (let number = 1; number <= count; number += 1) {
      const value = numbered(number);
      const start = now();
      // Who is told has to listen before.
      const told = polls ? undefined : sees('pong', number);
      await cache.set('ping', value);
      await (told ?? sees('pong', number));
      times.push(Number(now() - start) / 1000);
    }
    return times;
  },
  /** Sends them back. */
  async pong(count) {
    for (let number = 1; number <= count; number += 1) {
      const value = numbered(number);
      await sees('ping', number);
      await cache.set('pong', value);
    }
  },
});
