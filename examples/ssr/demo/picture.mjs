// Memory over time, as an SVG.

import { axesOf } from './plot.mjs';
import { count, requestsOf } from './report.mjs';

const WIDTH = 960;
const HEIGHT = 540;
const PLOT = { left: 76, right: 36, top: 194, bottom: 48 };
const MIB = 1024 * 1024;
const COLOURS = ['#4fd6c4', '#ff7a7a', '#ffb454', '#8f98b5'];
const TICKS = 4;

const inner = {
  width: WIDTH - PLOT.left - PLOT.right,
  height: HEIGHT - PLOT.top - PLOT.bottom,
};

const STYLE = `
  text { font: 14px system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; fill: #8f98b5 }
  .title { font-size: 20px; font-weight: 600; fill: #e9ecf6 }
  .name { fill: #e9ecf6 }
  .grid { stroke: #262d45 }
  .line { fill: none; stroke-width: 3; stroke-linejoin: round; stroke-linecap: round }`;

const text = (x, y, content, attributes = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;

function line({ heaps }, series, x, y) {
  const points = heaps.map(({ ms, bytes }) => `${x(ms / 1000)},${y(bytes / MIB)}`).join(' ');
  return `<polyline class="line" stroke="${COLOURS[series]}" points="${points}"/>`;
}

function legend(run, series) {
  const left = PLOT.left + (series % 2) * (inner.width / 2);
  const top = 88 + Math.floor(series / 2) * 54;
  const foreign = run.foreign > 0 ? ` (${count(run.foreign)} with another’s data)` : '';
  const numbers = `${count(run.pages)} pages${foreign}, ${count(requestsOf(run))} API requests`;
  return `<circle cx="${left + 6}" cy="${top - 5}" r="6" fill="${COLOURS[series]}"/>
${text(left + 22, top, run.name, 'class="name"')}
${text(left + 22, top + 20, numbers)}`;
}

/** Heaps of runs over time, with what else there is to say of each. */
export function picture(runs) {
  const { seconds, mib } = axesOf(runs);
  const x = (value) => Number((PLOT.left + (value / seconds) * inner.width).toFixed(1));
  const y = (value) => Number((PLOT.top + (1 - value / mib) * inner.height).toFixed(1));
  const steps = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  const grid = steps.map((step) => {
    const height = y(step * mib);
    return `<line class="grid" x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${height}" y2="${height}"/>
${text(PLOT.left - 10, height + 5, `${step * mib}`, 'text-anchor="end"')}
${text(x(step * seconds), HEIGHT - 20, `${step * seconds} s`, 'text-anchor="middle"')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<style>${STYLE}</style>
<rect width="100%" height="100%" rx="20" fill="#0f1320"/>
${text(24, 44, 'Four workers that render pages: their heaps without garbage, in MiB', 'class="title"')}
${runs.map(legend).join('\n')}
${grid.join('\n')}
${runs
  .map((run, series) => line(run, series, x, y))
  .reverse()
  .join('\n')}
</svg>
`;
}
