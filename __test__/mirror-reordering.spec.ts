import test from 'ava';
import { type Plan, Simulation } from './helpers/simulation';
import { AsyncStorage } from './helpers/storages';

// Over a transport that delays, doubles and reorders at random, mirrors converge, and no write that resolved is lost
// (M14). A failure names the seed that repeats it.

const RUNS = process.env.PSC_TEST === 'full' ? 1000 : 100;
const TIMEOUT_MS = 600_000;

const reorders = { reorders: true, doubles: true };
const PLANS: Record<string, Plan> = {
  'a broadcast': { manners: reorders },
  'a reply path': { manners: { ...reorders, replies: true } },
  'a reply path, and own events not broadcast': {
    manners: { ...reorders, replies: true, dropsOwn: true },
  },
  'a broadcast without own events': { manners: { ...reorders, dropsOwn: true } },
  'a bus': { manners: { ...reorders, isBus: true } },
  'rejected writes': { manners: reorders, rejects: true },
  'rejected writes and a reply path': { manners: { ...reorders, replies: true }, rejects: true },
  'mirrors that count': { manners: { ...reorders, replies: true }, counts: true },
  'asynchronous storages': { manners: reorders, storage: () => new AsyncStorage() },
  'a synchronizer that dies': { manners: reorders, restarts: true },
};

for (const [title, plan] of Object.entries(PLANS)) {
  test(`messages that overtake each other lose nothing, with ${title}`, async (t) => {
    t.timeout(TIMEOUT_MS);
    for (let seed = 1; seed <= RUNS; seed += 1) await new Simulation(plan, seed).run();
    t.pass();
  });
}
