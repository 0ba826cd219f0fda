// What the demo found: as a table, and as a verdict.

const MIB = 1024 * 1024;
const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function summarize({ fetched, memory, requests, copyBytes }) {
  const workers = fetched.map((tasks, place) => ({
    name: `worker ${place + 1}`,
    requests: sum(tasks.map((task) => task.requests)),
    hits: sum(tasks.map((task) => task.hits)),
    ms: sum(tasks.map((task) => task.ms)),
    // The first task goes to the origin, the others to the cache.
    msPerMiss: tasks[0].ms / tasks[0].requests,
    msPerHit:
      sum(tasks.slice(1).map((task) => task.ms)) / sum(tasks.slice(1).map((task) => task.requests)),
    memory: memory[place],
  }));
  const isMeasured = memory.every((each) => each !== null);
  return {
    workers,
    primary: { name: 'primary', memory: memory.at(-1) },
    atOrigin: sum([...requests.values()]),
    memoryBytes: isMeasured ? sum(memory.map(({ share }) => share)) : undefined,
    copiesBytes: copyBytes * workers.length,
  };
}

const COLUMNS = [
  ['', ({ name }) => name],
  ['requests', ({ requests }) => requests],
  ['cache hits', ({ hits }) => hits],
  ['time', ({ ms }) => ms && `${ms.toFixed(0)} ms`],
  ['per miss', ({ msPerMiss }) => msPerMiss && `${msPerMiss.toFixed(1)} ms`],
  ['per hit', ({ msPerHit }) => msPerHit && `${msPerHit.toFixed(2)} ms`],
  ['cache it sees', ({ memory }) => memory && mib(memory.touched)],
  ['its share', ({ memory }) => memory && mib(memory.share)],
];

function tableOf(rows) {
  const cells = rows.map((row) => COLUMNS.map(([, cell]) => String(cell(row) ?? '')));
  const lines = [COLUMNS.map(([title]) => title), ...cells];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const format = (line) =>
    line
      .map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0])))
      .join('   ');
  return [
    format(lines[0]),
    '─'.repeat(format(lines[0]).length),
    ...lines.slice(1).map(format),
  ].join('\n');
}

/** Prints what the workers did, what reached the origin, and what the cache takes. */
export function printTable(results) {
  const { paths, copyBytes } = results;
  const { workers, primary, atOrigin, memoryBytes, copiesBytes } = summarize(results);
  const asked = paths.length * workers.length;
  console.log(`\n${tableOf([...workers, primary])}\n`);
  console.log(
    `origin   ${atOrigin} requests for ${paths.length} articles; ${workers.length} separate caches would have sent ${asked}`,
  );
  console.log(
    memoryBytes === undefined
      ? 'memory   not measured: this system does not tell how processes share it'
      : `memory   ${mib(memoryBytes)} for ${mib(copyBytes)} of JSON, all processes together; ${workers.length} copies would take ${mib(copiesBytes)}`,
  );
}

/** The sentence that says what did not hold; undefined if all did. */
export function findFailure(results) {
  const { paths, requests, copyBytes } = results;
  const { workers, memoryBytes } = summarize(results);
  const asked = sum(workers.map((worker) => worker.requests));
  const hits = sum(workers.map((worker) => worker.hits));
  const repeated = paths.find((path) => requests.get(path) !== 1);
  if (repeated !== undefined) {
    return `${repeated} was requested ${requests.get(repeated) ?? 0} times at the origin, and should have been once.`;
  }
  if (hits !== asked - paths.length) {
    return `${hits} of ${asked} requests were answered by the cache, and should have been ${asked - paths.length}.`;
  }
  // Beside the articles, the file has their keys and an index: a little more than one copy, far less than two.
  if (memoryBytes !== undefined && !(memoryBytes >= copyBytes && memoryBytes < 2 * copyBytes)) {
    return `The cache takes ${mib(memoryBytes)} for ${mib(copyBytes)} of JSON, and should take about one copy of it.`;
  }
  return undefined;
}
