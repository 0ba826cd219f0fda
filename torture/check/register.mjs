// Whether the history of a key is that of one register which may lose its value at any time. Values are unique, so each is a
// cluster: the write and all reads of it. A cluster happened, as a whole, between the first end and the last beginning of its
// operations (its zone, which is forward if they are in that order). By Gibbons and Korach, such a history is linearizable
// exactly if no two forward zones overlap, and no forward zone contains a backward one. A read of nothing says that there was
// nothing, or that it was lost; after a loss the value does not come back.

/** Operations `{ kind: 'write' | 'read', value, from, to }` of one key; a removal is a write of a value that nobody reads. */
export function checkRegister(operations, { forgets = true } = {}) {
  const clusters = new Map();
  const cluster = (value) => {
    if (!clusters.has(value)) clusters.set(value, { value, operations: [] });
    return clusters.get(value);
  };
  const misses = [];
  for (const operation of operations) {
    if (operation.kind === 'write') {
      const { operations: all } = cluster(operation.value);
      all.push(operation);
      cluster(operation.value).write = operation;
    } else if (operation.value === undefined) misses.push(operation);
    else cluster(operation.value).operations.push(operation);
  }
  const zones = [];
  for (const { write, value, operations: all } of clusters.values()) {
    if (write === undefined) {
      return {
        what: `a value that nobody has written was read: ${JSON.stringify(value)}`,
        operations: all,
      };
    }
    const firstEnd = Math.min(...all.map(({ to }) => to));
    const lastBeginning = Math.max(...all.map(({ from }) => from));
    const early = all.find((each) => each !== write && each.to < write.from);
    if (early)
      return { what: 'a value was read before it was written', operations: [write, early] };
    const isForward = firstEnd < lastBeginning;
    const [from, to] = isForward ? [firstEnd, lastBeginning] : [lastBeginning, firstEnd];
    zones.push({ isForward, from, to, all, write });
  }
  const forward = zones
    .filter((zone) => zone.isForward)
    .sort((one, other) => one.from - other.from);
  for (let index = 1; index < forward.length; index += 1) {
    const [before, after] = [forward[index - 1], forward[index]];
    if (after.from < before.to) {
      return { what: 'two values were read in turns', operations: edges(before, after) };
    }
  }
  for (const zone of zones.filter((each) => !each.isForward)) {
    const around = containing(forward, zone);
    if (around) {
      return { what: 'a value was read after it was overwritten', operations: edges(around, zone) };
    }
  }
  return forgets ? returned(misses, clusters) : undefined;
}

function containing(forward, zone) {
  // The last forward zone that begins before this one; they do not overlap.
  let [low, high] = [0, forward.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (forward[middle].from < zone.from) low = middle + 1;
    else high = middle;
  }
  const around = forward[low - 1];
  return around !== undefined && zone.to < around.to ? around : undefined;
}

/** Of a cluster's operations those that make its zone, and the write. */
function edges(...zones) {
  return zones.flatMap(({ all, write, isForward, from, to }) => {
    const first = all.find((each) => each.to === (isForward ? from : to));
    const last = all.find((each) => each.from === (isForward ? to : from));
    return [...new Set([write, first, last])].filter((each) => each !== undefined);
  });
}

/** A value that was gone and came back. */
function returned(misses, clusters) {
  if (misses.length === 0) return undefined;
  const sorted = [...misses].sort((one, other) => one.from - other.from);
  for (const { write, operations } of clusters.values()) {
    if (!Number.isFinite(write.to)) continue;
    const last = operations.reduce((one, other) => (other.from > one.from ? other : one));
    if (last === write) continue;
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle].from <= write.to) low = middle + 1;
      else high = middle;
    }
    // Of the misses that began after the write had ended, one that ended before the value's last read began.
    const miss = sorted.slice(low, low + 64).find(({ to }) => to < last.from);
    if (miss)
      return { what: 'a value came back after it was gone', operations: [write, miss, last] };
  }
  return undefined;
}
