// The primary: starts the origin, the cache and the workers, and says what the workers are to fetch.

import cluster from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import { createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter } from 'psc-native';
import { mappedMemory } from './memory.mjs';
import { bodyOf, startOrigin } from './origin.mjs';
import { findFailure, printTable } from './report.mjs';

const WORKERS = 4;
const RESOURCES = 50;
const ROUNDS = 5;

const origin = await startOrigin();
const stopSynchronizer = await createNodePSCSynchronizer();

// An earlier run that was killed may have left its cache behind, still warm. This one is to start with an empty one.
const cache = createPSCAdapter(NodeSyncAdapter());
await cache.clear();

/** Ends everything: the workers first, so that the last to leave the cache is the one who made it. */
async function end(exitCode) {
  process.exitCode = exitCode;
  await new Promise((resolve) => cluster.disconnect(resolve));
  origin.close();
  cache.close();
  stopSynchronizer();
}

let interrupted = false;
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    interrupted = true;
    end(exitCode);
  });
}

/** Starts a worker. Resolves when it is ready, to a function that gives it a task and resolves to its answer. */
async function startWorker() {
  const worker = cluster.fork({ ORIGIN_URL: origin.url });
  const ended = once(worker, 'exit').then(([code, signal]) => {
    throw new Error(`Worker ${worker.id} ended with ${signal ?? `exit code ${code}`}.`);
  });
  ended.catch(() => {});
  const answer = async () => (await Promise.race([once(worker, 'message'), ended]))[0];
  await answer();
  return (task) => {
    worker.send(task);
    return answer();
  };
}

async function run() {
  const paths = Array.from({ length: RESOURCES }, (_, index) => `/articles/${index + 1}`);
  const workers = await Promise.all(Array.from({ length: WORKERS }, startWorker));
  const fetched = workers.map(() => []);
  async function fetchInAll(pathsOf) {
    const tasks = workers.map((give, place) => give({ fetch: pathsOf(place) }));
    for (const [place, answer] of (await Promise.all(tasks)).entries()) fetched[place].push(answer);
  }

  // Each resource is fetched by one worker first. If two asked for it before either had the answer, both would rightly
  // go to the origin: requests under way are not shared, only their answers are.
  await fetchInAll((place) => paths.filter((_, index) => index % WORKERS === place));
  // From then on every worker fetches every resource, all at the same time.
  for (let round = 0; round < ROUNDS; round += 1) await fetchInAll(() => paths);

  const memory = await Promise.all(workers.map((give) => give({ measure: true })));
  return {
    paths,
    fetched,
    memory: [...memory, await mappedMemory()],
    copyBytes: paths.reduce((bytes, path) => bytes + Buffer.byteLength(bodyOf(path)), 0),
    requests: origin.requests,
  };
}

try {
  const results = await run();
  printTable(results);
  const failure = findFailure(results);
  if (failure) console.error(`\n${failure}`);
  await end(failure ? 1 : 0);
} catch (error) {
  if (!interrupted) {
    console.error(error.message);
    await end(1);
  }
}
