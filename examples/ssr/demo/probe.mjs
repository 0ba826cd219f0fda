// Loaded into each worker before its own program: says what memory it takes.

import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';

const SAMPLE_MS = 250;

function tell(message) {
  if (process.connected) process.send(message, () => {});
}

setInterval(() => tell({ resident: process.memoryUsage.rss() }), SAMPLE_MS).unref();

process.on('message', async (message) => {
  if (message !== 'measure') return;
  // More than once, with turns between: what is only cleaned up once something is found to be garbage is garbage next.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await turn();
  }
  tell({ heap: process.memoryUsage().heapUsed });
});

// The primary is gone, or done.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the primary as well, which then ends its workers.
process.on('SIGINT', () => {});
