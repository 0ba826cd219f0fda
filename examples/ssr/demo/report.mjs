// What was found, as a table.

const MIB = 1024 * 1024;
/** A number as people write it. */
export const count = (number) => number.toLocaleString('en');
const mib = (bytes) => (bytes === undefined ? '' : `${(bytes / MIB).toFixed(0)} MiB`);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** How many requests arrived at the API. */
export const requestsOf = ({ requests }) => sum([...requests.values()]);

const mean = (numbers) => sum(numbers) / numbers.length;

/** The mean heap of two spans of time of the same length, one after the other. The first quarter warms up. */
export function spansOf({ heaps }) {
  const warm = heaps.slice(Math.ceil(heaps.length / 4)).map(({ bytes }) => bytes);
  const middle = Math.floor(warm.length / 2);
  return [mean(warm.slice(0, middle)), mean(warm.slice(middle))];
}

function percentile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

const ROWS = [
  ['pages', ({ pages }) => count(pages)],
  ['pages per second', ({ pages, ms }) => count(Math.round((pages / ms) * 1000))],
  ['time per page, median', ({ times }) => `${percentile(times, 0.5).toFixed(1)} ms`],
  ['time per page, 99 of 100', ({ times }) => `${percentile(times, 0.99).toFixed(1)} ms`],
  ['requests at the API', (run) => count(requestsOf(run))],
  ['  needed, asking once', ({ needed }) => count(needed.size)],
  ['pages with foreign data', ({ foreign }) => count(foreign)],
  ['resident memory, at the end', ({ resident }) => mib(resident)],
  ['heap without garbage, earlier', (run) => mib(spansOf(run)[0])],
  ['heap without garbage, later', (run) => mib(spansOf(run)[1])],
];

/** A table with a column for each run. */
export function tableOf(runs) {
  const lines = [
    ['', ...runs.map(({ name }) => name)],
    ...ROWS.map(([title, cell]) => [title, ...runs.map(cell)]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const format = (line) =>
    line
      .map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0])))
      .join('   ');
  const rule = '─'.repeat(format(lines[0]).length);
  return [format(lines[0]), rule, ...lines.slice(1).map(format)].join('\n');
}
