import { closeSync, openSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** Takes all descriptors of this process, and from then on gives one back and takes it again all the time. */
export function starve() {
  const worker = new Worker(new URL(import.meta.url));
  worker.unref();
  return new Promise((resolve) => worker.once('message', resolve));
}

function takeAll() {
  const taken = [];
  for (;;) {
    try {
      taken.push(openSync('/dev/null'));
    } catch {
      return taken;
    }
  }
}

if (!isMainThread) {
  let taken = takeAll();
  parentPort.postMessage(taken.length);
  for (;;) {
    closeSync(taken.pop());
    for (let n = Math.random() * 2000; n > 0; n -= 1);
    taken = taken.concat(takeAll());
  }
}
