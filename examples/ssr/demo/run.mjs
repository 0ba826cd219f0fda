// One run: an API, a server of four workers, and its visitors.

import { createVisitors } from './load.mjs';
import { startOrigin } from './origin.mjs';
import { faultOf, resourcesOf, visitsOf } from './visits.mjs';
import { startWorkers, stopWorkers } from './workers.mjs';

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
  /** Milliseconds of visits. */
  ms = 0;
  /** Milliseconds of each page. */
  times = [];
  /** The heaps of all workers without garbage, at the start and after each step: `{ ms, bytes }`. */
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

async function visitAll(workers, findings, { users, pages, limitMs }, show) {
  const visitors = createVisitors(workers.port, CONNECTIONS);
  const visits = visitsOf(users, pages);
  const measure = async () => findings.heaps.push({ ms: findings.ms, bytes: await workers.heap() });
  try {
    await measure();
    for (let step = 1; step <= STEPS; step += 1) {
      const start = performance.now();
      const spentMs = () => findings.ms + performance.now() - start;
      const made = visitors.make(take(visits, Math.ceil(pages / STEPS)), async (visit, answer) => {
        await findings.add(visit, answer);
        const { name, pages: done } = findings;
        show({ name, pages: done, of: pages, resident: workers.resident() });
        return spentMs() < (limitMs * step) / STEPS;
      });
      await Promise.race([made, workers.failed]);
      findings.ms = spentMs();
      await measure();
    }
    findings.resident = workers.resident();
  } finally {
    visitors.close();
  }
}

/**
 * Has users visit the server of a program. Ends after so many pages, or so many milliseconds; pauses after each of 16
 * steps to measure the heap.
 */
export async function run({ name, program, env }, limits, show) {
  const origin = await startOrigin(limits.users);
  try {
    const workers = await startWorkers(program, limits.workers, { ...env, API_URL: origin.url });
    const findings = new Findings(name, origin.requests);
    await visitAll(workers, findings, limits, show);
    return findings;
  } finally {
    await stopWorkers();
    origin.close();
  }
}
