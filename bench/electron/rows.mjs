// The rows of the table. What is compared is ours and the peer of the same round, which ran one right after the other.

import { median, quantile, rounded } from '../numbers.mjs';
import { row } from '../row.mjs';

/** So many trips at least, or a p99 would be one trip's misfortune. */
const TRIPS_PER_P99 = 500;

/** Rounds put together until they have enough trips. */
function together(rounds) {
  const size = Math.ceil(TRIPS_PER_P99 / rounds[0].ours.length);
  const groups = [];
  for (let at = 0; at + size <= rounds.length; at += size) {
    const group = rounds.slice(at, at + size);
    groups.push({
      ours: group.flatMap((each) => each.ours),
      peer: group.flatMap((each) => each.peer),
    });
  }
  return groups;
}

/** `number` makes of a side of a round the number that is compared. */
function rowOf(rounds, { number, ...rest }) {
  const pairs = rounds.map(({ ours, peer }) => ({ ours: number(ours), peer: number(peer) }));
  const ratios = pairs.map(({ ours, peer }) => ours / peer);
  return row({
    ours: median(pairs.map(({ ours }) => ours)),
    peer: median(pairs.map(({ peer }) => peer)),
    ratio: median(ratios),
    spread: [rounded(quantile(ratios, 0.25)), rounded(quantile(ratios, 0.75))],
    ...rest,
  });
}

const p50 = (times) => quantile(times, 0.5) * 1000;
const p99 = (times) => quantile(times, 0.99) * 1000;
const microseconds = (nanoseconds) => nanoseconds / 1000;
const same = (number) => number;

export const rowsOf = ({ set, shared, pingPong, pingPongValue, small, large, page }) => [
  rowOf(set, {
    name: 'awaited set, p50',
    unit: 'us',
    number: p50,
    peerName: 'ipcRenderer.invoke',
    target: { atMost: 1.3 },
  }),
  rowOf(shared, {
    name: 'awaited set, second window told, p50',
    unit: 'us',
    number: p50,
    peerName: 'ipcRenderer.invoke',
    note: 'another window has a mirror of the scope, and is told as well; nobody is told of what is echoed.',
  }),
  rowOf(pingPong, {
    name: 'window to window and back, p50',
    unit: 'us',
    number: p50,
    peerName: 'bare relay',
    target: { atMost: 1.5 },
  }),
  rowOf(together(pingPong), {
    name: 'window to window and back, p99',
    unit: 'us',
    number: p99,
    peerName: 'bare relay',
    target: { atMost: 1.5 },
  }),
  rowOf(pingPongValue, {
    name: 'the same beside a relay of values, p50',
    unit: 'us',
    number: p50,
    peerName: 'bare relay',
    note: 'the relay is given the value, as our set is; in the rows above, the text that was made of it before.',
  }),
  rowOf(page, {
    name: "get in the page's world",
    unit: 'ns',
    number: same,
    peerName: 'Map',
    target: { atMost: 2 },
  }),
  rowOf(small, {
    name: 'main, per event of 300 B',
    unit: 'us',
    number: microseconds,
    peerName: 'bare relay',
    target: { atMost: 1.3 },
    note: "time that main's thread ran. Two windows are told.",
  }),
  rowOf(large, {
    name: 'main, per event of 1 MB',
    unit: 'us',
    number: microseconds,
    peerName: 'bare relay',
    target: { atMost: 1.3 },
  }),
];

/** `rounds` of each attack: how long main was blocked beside a listener that does nothing, and others' round trips. */
export const attacksOf = (attacks) =>
  Object.entries(attacks).flatMap(([name, rounds]) => [
    rowOf(
      rounds.map(({ attacked, empty }) => ({ ours: attacked, peer: empty })),
      {
        name: `${name}: main's longest block`,
        unit: 'ms',
        number: same,
        peerName: 'empty listener',
        target: { atMost: 1.3 },
      },
    ),
    rowOf(
      rounds.map(({ after, before }) => ({ ours: after, peer: before })),
      {
        name: `${name}: another window's round trip afterwards`,
        unit: 'us',
        number: (ms) => ms * 1000,
        peerName: 'before',
        target: { atMost: 1.5 },
      },
    ),
  ]);
