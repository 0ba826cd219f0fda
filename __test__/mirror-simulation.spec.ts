import test from 'ava';
import { type Plan, Simulation } from './helpers/simulation';
import { AsyncStorage } from './helpers/storages';

// Whatever races, all mirrors hold in the end what the synchronizer's store holds, every write is settled, and on the
// way each mirror reads its own writes. A failure names the seed that repeats it.

const RUNS = process.env.PSC_TEST === 'full' ? 2000 : 150;
const TIMEOUT_MS = 600_000;

const PLANS: Record<string, Plan> = {
  'a transport in order': { manners: {} },
  'a transport that delivers twice': { manners: { doubles: true } },
  'a reply path of another speed': { manners: { replies: true } },
  'a reply path, and own events not broadcast': { manners: { replies: true, dropsOwn: true } },
  'a reply path that delivers twice': { manners: { replies: true, doubles: true } },
  'a transport that drops own events': { manners: { dropsOwn: true } },
  'a bus': { manners: { isBus: true } },
  'a bus with a reply path': { manners: { isBus: true, replies: true } },
  'a transport that strips unknown fields': { manners: { strips: true } },
  'rejected writes': { manners: {}, rejects: true },
  'rejected writes and a reply path': { manners: { replies: true }, rejects: true },
  'rejected writes on a bus': { manners: { isBus: true }, rejects: true },
  'asynchronous storages': { manners: {}, storage: () => new AsyncStorage() },
  'asynchronous storages and rejected writes': {
    manners: { replies: true },
    storage: () => new AsyncStorage(),
    rejects: true,
  },
};

for (const [title, plan] of Object.entries(PLANS)) {
  test(`mirrors converge and read their own writes over ${title}`, async (t) => {
    t.timeout(TIMEOUT_MS);
    for (let seed = 1; seed <= RUNS; seed += 1) await new Simulation(plan, seed).run();
    t.pass();
  });
}

test('mirrors converge on the synchronizer that takes the place of one that died', async (t) => {
  const plan = { manners: {}, restarts: true };
  t.timeout(TIMEOUT_MS);
  for (let seed = 1; seed <= RUNS; seed += 1) await new Simulation(plan, seed).run();
  t.pass();
});
