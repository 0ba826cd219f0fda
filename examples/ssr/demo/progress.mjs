// How far a run is: a line that is written anew on a terminal, a line for each quarter elsewhere.

import process from 'node:process';

const REDRAW_MS = 100;
const WIDTH = 24;
const MIB = 1024 * 1024;

/** Shows how far runs are. */
export function createProgress(stream = process.stdout) {
  let lastDraw = 0;
  let lastQuarter = '';
  return {
    show({ name, pages, of, resident }) {
      const now = performance.now();
      const memory = resident === undefined ? '' : `, ${(resident / MIB).toFixed(0)} MiB`;
      if (stream.isTTY) {
        if (now - lastDraw < REDRAW_MS && pages < of) return;
        lastDraw = now;
        const bar = '█'.repeat(Math.floor((pages / of) * WIDTH)).padEnd(WIDTH, '░');
        stream.write(`\r\x1b[K${bar} ${pages} of ${of} pages${memory}  ${name}`);
        return;
      }
      const quarter = `${name} ${Math.floor((4 * pages) / of)}`;
      if (quarter === lastQuarter) return;
      lastQuarter = quarter;
      stream.write(`${name}: ${pages} of ${of} pages${memory}\n`);
    },
    /** Ends the line. */
    end() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
