// Kills writers, and sets at once.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPSCAdapter, NodeSyncAdapter } from '../../dist/index.mjs';
import { answer } from '../child.mjs';
import { record } from '../record.mjs';

const WRITER = fileURLToPath(new URL('./writer.mjs', import.meta.url));
const LONGEST_LIFE_MS = 20;

let cache;
let id;

answer({
  async open(_library, given) {
    id = given;
    cache = createPSCAdapter(NodeSyncAdapter(undefined, id));
    await cache.ready;
  },
  /** Milliseconds from the kill: until the next set was done, and until the kernel said that the process is gone. */
  async kill(bytes) {
    const writer = fork(WRITER, [id, String(bytes)]);
    await once(writer, 'message');
    await delay(Math.random() * LONGEST_LIFE_MS);
    const value = record(1);
    const start = performance.now();
    writer.kill('SIGKILL');
    const gone = once(writer, 'exit').then(() => performance.now() - start);
    await cache.set('after', value);
    const set = performance.now() - start;
    return { set, gone: await gone };
  },
});
