// The workers of a server: four processes that listen on one port.

import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROBE = new URL('probe.mjs', import.meta.url).href;

/** Starts a program in so many workers. Resolves when all of them listen. */
export async function startWorkers(program, count, env) {
  cluster.setupPrimary({
    exec: fileURLToPath(program),
    execArgv: ['--expose-gc', '--import', PROBE],
  });
  const workers = Array.from({ length: count }, () => cluster.fork(env));
  const resident = new Map();
  const failed = Promise.race(
    workers.map(async (worker) => {
      const [code, signal] = await once(worker, 'exit');
      throw new Error(`A worker ended with ${signal ?? `exit code ${code}`}.`);
    }),
  );
  failed.catch(() => {});
  for (const worker of workers) {
    worker.on('message', (message) => {
      if (message.resident) resident.set(worker, message.resident);
    });
  }

  // Not by `once` in a loop: of two messages that arrive together, it would miss one.
  function heapOf(worker) {
    return new Promise((resolve) => {
      worker.on('message', function listener({ heap }) {
        if (heap === undefined) return;
        worker.off('message', listener);
        resolve(heap);
      });
      worker.send('measure');
    });
  }

  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const addresses = await Promise.race([
    Promise.all(workers.map((worker) => once(worker, 'listening'))),
    failed,
  ]);
  return {
    port: addresses[0][0].port,
    /** Rejects when a worker ends that was not told to. */
    failed,
    /** Resident bytes of all, as they last said; undefined until all have. */
    resident: () => (resident.size === count ? sum([...resident.values()]) : undefined),
    /** Bytes of everything on their heaps that is not garbage. */
    heap: async () => sum(await Promise.race([Promise.all(workers.map(heapOf)), failed])),
  };
}

/** Ends all workers. */
export const stopWorkers = () => new Promise((resolve) => cluster.disconnect(resolve));
