import test from 'ava';
import { uniqueId } from '../helpers/unique';
import { play } from './helpers/scenario';

// A window that has Node maps the cache itself, and does all that any process does: its timers are numbers, as in any page.

for (const name of ['page with Node', 'preload script without a sandbox']) {
  test(`the native entry does all it promises in a ${name}`, async (t) => {
    const { result, printed } = await play(t, 'native-windows', name, { id: uniqueId(t) });
    t.deepEqual(result, {
      read: [1, 1, 1],
      made: 1,
      computed: ['made', 'made'],
      late: 'ERR_PSC_LOCK_TIMEOUT',
      stored: 1,
      count: 2,
      updated: [1],
      early: 1,
      shared: 'shared',
    });
    t.deepEqual(printed, []);
  });
}
