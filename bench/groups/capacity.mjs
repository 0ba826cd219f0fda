// Sets into a cache that is full, with values of 200 B to 64 KiB: what matters is the slowest of a hundred.

import { duel } from '../duel.mjs';
import { median, quantile, rounded } from '../numbers.mjs';
import { row } from '../row.mjs';

const MAX_BYTES = 256 * 2 ** 20;

const p99 = (rounds) => rounds.map((times) => quantile(times, 0.99));
const mean = (rounds) => {
  const times = rounds.flat();
  return rounded(times.reduce((sum, time) => sum + time, 0) / times.length);
};

async function compare(name, note, { quick, bytes }) {
  const options = { count: 100_000, maxBytes: MAX_BYTES, sets: quick ? 1000 : 3000, bytes };
  const rounds = await duel(
    {
      ours: { module: 'capacity', start: 'ours', options },
      'lmdb transactionSync': { module: 'capacity', start: 'lmdbSync', options },
      'lmdb batch': { module: 'capacity', start: 'lmdbBatch', options },
    },
    { rounds: quick ? 5 : 15 },
  );
  const slow = (contestant) => median(p99(rounds[contestant]));
  const peer =
    slow('lmdb batch') < slow('lmdb transactionSync') ? 'lmdb batch' : 'lmdb transactionSync';
  const ours = p99(rounds.ours);
  const theirs = p99(rounds[peer]);
  const ratios = ours.map((time, round) => time / theirs[round]);
  return row({
    name,
    unit: 'µs',
    ours: slow('ours'),
    peer: slow(peer),
    peerName: peer,
    ratio: median(ratios),
    spread: [rounded(quantile(ratios, 0.25)), rounded(quantile(ratios, 0.75))],
    target: { atMost: 0.2 },
    note: `256 MiB. Mean ${mean(rounds.ours)} µs and ${mean(rounds[peer])} µs, ${note}.`,
  });
}

export async function measure({ quick }) {
  return [
    await compare('set at capacity, p99', 'encoding included: JSON and MessagePack', {
      quick,
      bytes: false,
    }),
    await compare('the same, bytes', 'of bytes, which neither encodes', { quick, bytes: true }),
  ];
}
