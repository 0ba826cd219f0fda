// A row: what was measured of ours and of the peer, and whether the target holds.

import { ratioOf } from './duel.mjs';
import { median, rounded } from './numbers.mjs';

/** `target` is `{ atMost }`, `{ atLeast }` or nothing; `ratio` is what it is about. */
export function row({ name, ours, peer, peerName, unit, ratio, spread, cpuRatio, target, note }) {
  const met =
    target === undefined
      ? undefined
      : target.atMost !== undefined
        ? ratio <= target.atMost
        : ratio >= target.atLeast;
  return {
    name,
    unit,
    ours: rounded(ours),
    ...(peer === undefined ? {} : { peerName, peer: rounded(peer) }),
    ...(ratio === undefined ? {} : { ratio: rounded(ratio) }),
    ...(spread === undefined ? {} : { spread }),
    ...(cpuRatio === undefined ? {} : { cpuRatio }),
    ...(target === undefined ? {} : { target, met }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Median nanoseconds of the rounds, by the clock. */
export const wall = (rounds) => median(rounds.map((round) => round.wall));

/** A row of a duel. With `atMost` the ratio is ours over the peer's time, with `atLeast` the other way round. */
export function duelRow(times, { name, ours, peer, peerName, target, note }) {
  const faster = target?.atLeast !== undefined;
  const ratios = faster ? ratioOf(times[peer], times[ours]) : ratioOf(times[ours], times[peer]);
  return row({
    name,
    unit: 'ns',
    ours: wall(times[ours]),
    peer: wall(times[peer]),
    peerName: peerName ?? peer,
    ...ratios,
    target,
    note,
  });
}
