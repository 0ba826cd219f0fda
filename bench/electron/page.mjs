// The page's own world: its mirror beside a bare Map.

import { createPSCAdapter, RendererSyncAdapter } from '../../ts/renderer';

const HOT = 1000;
const LAPS = 300;

const adapter = createPSCAdapter(RendererSyncAdapter(), undefined, { scope: 'page' });

function nanoseconds(keys, get) {
  const start = performance.now();
  let found = 0;
  for (let lap = 0; lap < LAPS; lap += 1) {
    for (const key of keys) if (get(key) !== undefined) found += 1;
  }
  if (found !== keys.length * LAPS) throw new Error(`${found} of ${keys.length * LAPS} were found`);
  return ((performance.now() - start) * 1e6) / found;
}

window.getRounds = async (keys, values, rounds) => {
  await adapter.ready;
  const hot = keys.slice(0, HOT);
  const map = new Map(keys.map((key, at) => [key, values[at % values.length]]));
  await Promise.all(keys.map((key, at) => adapter.set(key, values[at % values.length])));
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const peer = nanoseconds(hot, (key) => map.get(key));
    times.push({ ours: nanoseconds(hot, (key) => adapter.get(key)), peer });
  }
  return times;
};
