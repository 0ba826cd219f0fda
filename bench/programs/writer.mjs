// Sets without end, until it is killed.

import { createPSCAdapter, NodeSyncAdapter } from '../../dist/index.mjs';
import { keys, record } from '../record.mjs';

const [id, bytes] = process.argv.slice(2);
const cache = createPSCAdapter(NodeSyncAdapter(undefined, id));
await cache.ready;
const value = record(0, Number(bytes));
const all = keys(1000);
await cache.set(all[0], value);
process.send('ready', async () => {
  for (let at = 0; ; at = (at + 1) % all.length) await cache.set(all[at], value);
});
