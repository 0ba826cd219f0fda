// The end that is called: a thread or a forked process.

import { parentPort, workerData } from 'node:worker_threads';
import { LIBRARIES } from './libraries.mjs';

const library = workerData?.library ?? process.argv[2];
const transport =
  parentPort === null
    ? {
        process,
        post: (message) => process.send(message),
        on: (listener) => process.on('message', listener),
      }
    : {
        port: parentPort,
        post: (message) => parentPort.postMessage(message),
        on: (listener) => parentPort.on('message', listener),
      };
await LIBRARIES[library].offer(transport);
