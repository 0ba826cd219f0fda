// Memory over time, drawn with characters.

const WIDTH = 72;
const HEIGHT = 14;
const MARKS = ['●', '○', '×', '+'];
const COLOURS = [36, 31, 33, 90];
const MIB = 1024 * 1024;

const paint = (mark, series, isColoured) =>
  isColoured ? `\x1b[${COLOURS[series]}m${mark}\x1b[0m` : mark;

/** A round number that is not less. */
function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * unit >= value) * unit;
}

/** The ends of both axes for some runs, in seconds and MiB. */
export function axesOf(runs) {
  const all = runs.flatMap(({ heaps }) => heaps);
  return {
    seconds: roundUp(Math.max(...all.map(({ ms }) => ms)) / 1000),
    mib: roundUp(Math.max(...all.map(({ bytes }) => bytes)) / MIB),
  };
}

/** Heaps of runs over time, as lines of text. */
export function plot(runs, { isColoured = false } = {}) {
  const { seconds, mib } = axesOf(runs);
  const cells = Array.from({ length: HEIGHT }, () => new Array(WIDTH).fill(' '));
  // The first is drawn last, and so is seen where they meet.
  for (const [series, { heaps }] of [...runs.entries()].reverse()) {
    for (const { ms, bytes } of heaps) {
      const column = Math.min(WIDTH - 1, Math.floor((ms / 1000 / seconds) * WIDTH));
      const row = Math.min(HEIGHT - 1, Math.floor((bytes / MIB / mib) * HEIGHT));
      cells[HEIGHT - 1 - row][column] = paint(MARKS[series], series, isColoured);
    }
  }
  const lines = cells.map((row, index) => {
    const isLabelled = index === 0 || index === HEIGHT / 2;
    const label = isLabelled ? String(mib * (1 - index / HEIGHT)) : '';
    return `${label.padStart(8)} ┤${row.join('')}`;
  });
  const right = `${seconds} s`;
  return [
    `${'MiB'.padStart(8)}  on the heaps of the four workers, without garbage`,
    ...lines,
    `${'0'.padStart(8)} └${'─'.repeat(WIDTH)}`,
    `${' '.repeat(10)}0${right.padStart(WIDTH - 1)}`,
    ...runs.map(
      ({ name }, series) => `          ${paint(MARKS[series], series, isColoured)} ${name}`,
    ),
  ].join('\n');
}
