// One run: an API, a server of four workers, and its visitors.

import { createVisitors } from './load.mjs';
import { startOrigin } from './origin.mjs';
import { faultOf, resourcesOf, visitsOf } from './visits.mjs';
import { startWorkers } from './workers.mjs';

const CONNECTIONS = 32;
const STEPS = 16;

/** The next visits. Who stops reading them early leaves the rest to be taken next. */
function* take(visits, count) {
  for (let number = 0; number < count; number += 1) {
    const { value, done } = visits.next();
    if (done) return;
    yield value;
  }
}

/** What has been found, as far as it goes. */
class Findings {
  pages = 0;
  /** Milliseconds of each page. */
  times = [];
  /** The heaps of all workers without garbage, after each step: `{ ms, bytes }`. */
  heaps = [];
  faults = [];
  foreign = 0;
  /** What there was to ask the API for. */
  needed = new Set();

  constructor(name, requests) {
    this.name = name;
    this.requests = requests;
  }

  async add(visit, answer) {
    this.pages += 1;
    this.times.push(answer.ms);
    for (const resource of resourcesOf(visit)) this.needed.add(resource);
    const fault = await faultOf(visit, answer);
    if (fault) this.faults.push(fault.sentence);
    if (fault?.foreign) this.foreign += 1;
  }
}

/**
 * Has users visit the server of a program. Ends after so many pages, or so many milliseconds; pauses after each of 16
 * steps to measure the heap.
 */
export async function run({ name, program, env }, { users, workers: count, pages, limitMs }, show) {
  const origin = await startOrigin(users);
  const workers = await startWorkers(program, count, { ...env, API_URL: origin.url });
  const visitors = createVisitors(workers.port, CONNECTIONS);
  const findings = new Findings(name, origin.requests);
  const visits = visitsOf(users, pages);
  let spentMs = 0;
  try {
    for (let step = 1; step <= STEPS; step += 1) {
      const start = performance.now();
      const made = visitors.make(take(visits, Math.ceil(pages / STEPS)), async (visit, answer) => {
        await findings.add(visit, answer);
        show({ name, pages: findings.pages, of: pages, resident: workers.resident() });
        return spentMs + performance.now() - start < (limitMs * step) / STEPS;
      });
      await Promise.race([made, workers.failed]);
      spentMs += performance.now() - start;
      findings.heaps.push({ ms: spentMs, bytes: await workers.heap() });
    }
    findings.ms = spentMs;
    findings.resident = workers.resident();
    return findings;
  } finally {
    visitors.close();
    await workers.stop();
    origin.close();
  }
}
