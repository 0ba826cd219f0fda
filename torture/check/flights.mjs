/**
 * Whether nobody was given what was made before an invalidation that had ended before they asked. `invalidations` are
 * operations with the `version` that the truth has from then on; `reads` have the version that they were given.
 */
export function checkFlights(invalidations, reads) {
  const ended = invalidations
    .filter(({ outcome }) => outcome === 'ok')
    .sort((one, other) => one.to - other.to);
  let newest;
  let next = 0;
  for (const read of [...reads].sort((one, other) => one.from - other.from)) {
    while (next < ended.length && ended[next].to < read.from) {
      if (newest === undefined || ended[next].version > newest.version) newest = ended[next];
      next += 1;
    }
    if (
      read.outcome === 'ok' &&
      read.value !== undefined &&
      newest !== undefined &&
      read.value < newest.version
    ) {
      return {
        what: 'a value that was made before an invalidation was given after it',
        operations: [newest, read],
      };
    }
  }
  return undefined;
}
