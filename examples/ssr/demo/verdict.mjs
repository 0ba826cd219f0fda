// Whether what the shop's server promises has held.

import { spansOf } from './report.mjs';

const MOST_GROWTH = 1.05;
const MIB = 1024 * 1024;

/** A sentence for each promise that did not hold. */
export function failuresOf(run) {
  const failures = [];
  if (run.faults.length > 0) {
    failures.push(`${run.faults.length} pages were wrong; the first: ${run.faults[0]}`);
  }
  const repeated = [...run.needed].find((resource) => run.requests.get(resource) !== 1);
  if (repeated !== undefined) {
    const times = run.requests.get(repeated) ?? 0;
    failures.push(`The API was asked ${times} times for ${repeated}, and should have been once.`);
  }
  const needless = [...run.requests.keys()].find((resource) => !run.needed.has(resource));
  if (needless !== undefined) failures.push(`The API was asked for ${needless}, and nobody was.`);
  const [earlier, later] = spansOf(run);
  if (later > earlier * MOST_GROWTH) {
    const sizes = `${(earlier / MIB).toFixed(1)} to ${(later / MIB).toFixed(1)} MiB`;
    failures.push(`The heap of the workers grew from ${sizes} on the average.`);
  }
  return failures;
}
