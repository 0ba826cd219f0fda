// The table on the terminal.

function target({ atMost, atLeast } = {}) {
  if (atMost !== undefined) return `≤ ${atMost}`;
  return atLeast === undefined ? '' : `≥ ${atLeast}`;
}

const COLUMNS = [
  ['row', (row) => row.name],
  ['ours', (row) => `${row.ours} ${row.unit}`],
  ['peer', (row) => (row.peer === undefined ? '' : `${row.peer} ${row.unit}`)],
  ['', (row) => row.peerName ?? ''],
  ['ratio', (row) => (row.ratio === undefined ? '' : String(row.ratio))],
  ['half of the rounds', (row) => row.spread?.join(' to ') ?? ''],
  ['by CPU time', (row) => (row.cpuRatio === undefined ? '' : String(row.cpuRatio))],
  ['target', (row) => target(row.target)],
  ['met?', (row) => (row.met === undefined ? '' : row.met ? 'yes' : 'NO')],
];

export function printTable(rows) {
  const lines = [COLUMNS.map(([title]) => title)];
  for (const row of rows) lines.push(COLUMNS.map(([, cell]) => cell(row)));
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  console.log('');
  for (const line of lines) {
    console.log(
      line
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    );
  }
  for (const row of rows) if (row.note !== undefined) console.log(`\n${row.name}: ${row.note}`);
}
