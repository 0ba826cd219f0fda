// How soon another process sees what one sets: two workers beside the process with the synchronizer.

import { withApplication } from '../application.mjs';
import { median, quantile, rounded } from '../numbers.mjs';
import { row } from '../row.mjs';

/** Sets per second, from the first set in one worker to the last seen in the other. */
function throughput(name, count) {
  return withApplication(name, { maxBytes: 256 * 2 ** 20 }, async (worker) => {
    const writer = await worker('worker');
    const reader = await worker('worker');
    const end = reader.ask('follow', count);
    const start = await writer.ask('setAll', count);
    return count / (Number((await end) - start) / 1e9);
  });
}

/** Microseconds there and back. */
function roundTrips(name, count) {
  return withApplication(name, { maxBytes: 64 * 2 ** 20 }, async (worker) => {
    const here = await worker('worker');
    const there = await worker('worker');
    const echoed = there.ask('pong', count);
    const times = await here.ask('ping', count);
    await echoed;
    return times.slice(count >> 2);
  });
}

/** Runs both libraries in turns. */
async function both(run, counts, rounds) {
  const results = { ours: [], upstream: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ['ours', 'upstream']) results[name].push(await run(name, counts[name]));
  }
  return results;
}

export async function measure({ quick }) {
  const rounds = quick ? 1 : 5;
  const counts = { ours: 100_000, upstream: quick ? 5000 : 20_000 };
  const perSecond = await both(throughput, counts, rounds);
  const trips = await both(roundTrips, { ours: 20_000, upstream: quick ? 1000 : 4000 }, rounds);
  const p50 = (name) => median(trips[name].map((times) => median(times)));
  const p99 = (name) => rounded(median(trips[name].map((times) => quantile(times, 0.99))));
  const ours = median(perSecond.ours);
  const upstream = median(perSecond.upstream);
  return [
    row({
      name: 'sets seen by another process',
      unit: '/s',
      ours,
      peer: upstream,
      peerName: '@alova/psc',
      ratio: ours / upstream,
      target: { atLeast: 30 },
      note: `${counts.ours} sets of ours, ${counts.upstream} of @alova/psc; ours by asking, @alova/psc by being told.`,
    }),
    row({
      name: 'round trip, p50',
      unit: 'µs',
      ours: p50('ours'),
      peer: p50('upstream'),
      peerName: '@alova/psc',
      ratio: p50('ours') / p50('upstream'),
      target: { atMost: 0.1 },
      note: `p99 ${p99('ours')} µs and ${p99('upstream')} µs.`,
    }),
  ];
}
