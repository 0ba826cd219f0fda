// A process that joins late.

import { setImmediate as turn } from 'node:timers/promises';
import { answer } from '../child.mjs';
import { library } from '../libraries.mjs';

let exports;

answer({
  async load(name) {
    exports = await library(name);
  },
  /** Milliseconds from creating an adapter to reading a value. */
  async join(id, key) {
    const start = performance.now();
    const cache = exports.createPSCAdapter(exports.NodeSyncAdapter(undefined, id));
    while (cache.get(key) === undefined) await turn();
    return performance.now() - start;
  },
});
