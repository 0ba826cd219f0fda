// The process of one contestant on one transport: starts the end that is called, and calls it.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { answer } from '../child.mjs';
import { quantile } from '../numbers.mjs';
import { records } from '../record.mjs';
import { LIBRARIES } from './libraries.mjs';

const CALLEE = new URL('./callee.mjs', import.meta.url);
const AT_ONCE = 1000;
const values = records();
let call;

function start(transport, library) {
  if (transport === 'fork') {
    const child = fork(fileURLToPath(CALLEE), [library], { execArgv: [] });
    return {
      process: child,
      post: (message) => child.send(message),
      on: (listener) => child.on('message', listener),
    };
  }
  const port = new Worker(CALLEE, { workerData: { library } });
  return {
    port,
    post: (message) => port.postMessage(message),
    on: (listener) => port.on('message', listener),
  };
}

const now = () => Number(process.hrtime.bigint());

answer({
  async prepare(transport, library) {
    call = await LIBRARIES[library].connect(start(transport, library));
    const { id } = (await call(values[0]))[0];
    if (id !== values[0][0].id) throw new Error('What came back is not what was sent');
  },
  /** Calls one after another, then many at once. Nanoseconds for a call: each of them, and on average. */
  async round(inARow, atOnce) {
    globalThis.gc();
    const times = [];
    for (let n = 0; n < inARow; n += 1) {
      const before = now();
      await call(values[n % values.length]);
      times.push(now() - before);
    }
    const sequential = times.reduce((sum, time) => sum + time, 0) / inARow;
    const begun = now();
    for (let n = 0; n < atOnce; n += AT_ONCE) {
      await Promise.all(values.slice(0, AT_ONCE).map((value) => call(value)));
    }
    return { p50: quantile(times, 0.5), sequential, concurrent: (now() - begun) / atOnce };
  },
});
