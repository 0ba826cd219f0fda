import test from 'ava';
import { psc } from './helpers/built';
import { seeded } from './helpers/random';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// Records of every length move through a small ring, whatever made them.

test('a small region takes changes of every kind and length, and stays whole', async (t) => {
  t.timeout(240_000);
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: 2 * 1024 * 1024 });
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.ready;
  const random = seeded(2);
  const pick = (most: number) => Math.floor(random() * most);
  // A record that ends just where the ring does is met about once in a lap, which takes some ten thousand changes.
  for (let n = 0; n < 600_000; n += 1) {
    const key = `key ${pick(2000)}${'x'.repeat(pick(9))}`;
    const kind = pick(8);
    if (kind === 0) await adapter.set(key, 'w'.repeat(pick(200)));
    else if (kind === 1) await adapter.increment(`count ${pick(2000)}`);
    else await adapter.update(key, () => 'v'.repeat(pick(200)));
    // What was read is moved and not evicted when its turn comes.
    adapter.get(key);
  }
  t.notThrows(() => regionOf(id).validate());
});
