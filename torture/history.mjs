import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// What the processes of a round did. Each writes its operations to a file of its own, line by line and before and after
// each: so the history of one that is killed is there, up to the operation that it was in.

/**
 * An operation: `kind` is set, remove, clear, get, getOrSet or increment; `from` and `to` are nanoseconds on the clock that
 * all processes share. `to` is Infinity, and `outcome` 'unknown', for one that did not return, or failed in a way that does
 * not say whether it happened.
 */
export function readHistory(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.history'));
  const operations = files.flatMap((file) =>
    parse(readFileSync(join(folder, file), 'utf8'), file.replace('.history', '')),
  );
  return operations.sort((one, other) => one.from - other.from);
}

function parse(text, process) {
  const begun = new Map();
  const operations = [];
  // The last line of a process that was killed may be cut short.
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const said = JSON.parse(line);
    if ('kind' in said) {
      const operation = { process, outcome: 'unknown', to: Number.POSITIVE_INFINITY, ...said };
      begun.set(said.n, operation);
      operations.push(operation);
    } else {
      Object.assign(begun.get(said.n), said);
    }
  }
  return operations;
}

/** Operations as a table, for people. */
export function table(operations, most = 16) {
  const origin = Math.min(...operations.map(({ from }) => from));
  const ms = (time) => (Number.isFinite(time) ? `${((time - origin) / 1e6).toFixed(3)}` : 'never');
  const sorted = [...operations].sort((one, other) => one.from - other.from);
  const shown =
    sorted.length <= most ? sorted : [...sorted.slice(0, most / 2), ...sorted.slice(-most / 2)];
  const lines = shown.map(({ process, kind, key = '', value, from, to, outcome, error }) => {
    const what = value === undefined ? 'undefined' : JSON.stringify(value);
    const end = error ?? outcome;
    return `    ${ms(from).padStart(12)} to ${ms(to).padStart(12)} ms  ${process.padEnd(12)} ${kind} ${key} ${what} ${end === 'ok' ? '' : end}`;
  });
  const left = sorted.length - shown.length;
  return left > 0 ? [...lines, `    … and ${left} more`].join('\n') : lines.join('\n');
}
