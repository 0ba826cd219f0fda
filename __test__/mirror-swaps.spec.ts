import EventEmitter from 'node:events';
import test, { type ExecutionContext } from 'ava';
import type { SharedCacheEvent, SyncAdapter } from '../ts/types';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { until } from './helpers/until';

// M11: changes of mirrors over transports that are worse than most.

interface Manners {
  /** What becomes of an event on its way. */
  readonly carry?: (event: SharedCacheEvent) => SharedCacheEvent;
  /** How often it arrives at the synchronizer. */
  readonly times?: number;
  /** Gives mirrors what they send back, and to each other. */
  readonly isBus?: boolean;
}

function world(
  t: ExecutionContext,
  { carry = (event) => event, times = 1, isBus = false }: Manners,
) {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const post = (to: string, event: SharedCacheEvent) => {
    const sent = JSON.parse(JSON.stringify(carry(event)));
    setImmediate(() => emitter.emit(to, sent));
  };
  const synchronizer = psc.createPSCSynchronizer({
    send: (event) => {
      post('mirrors', event);
      if (isBus) post('synchronizer', event);
    },
    receive: (handler) => void emitter.on('synchronizer', (event) => void handler(event)),
  });
  t.teardown(() => synchronizer.close());
  const end: SyncAdapter = {
    send: (event) => {
      for (let time = 0; time < times; time += 1) post('synchronizer', event);
      if (isBus) post('mirrors', event);
    },
    receive: (handler) => void emitter.on('mirrors', (event) => void handler(event)),
  };
  return () => {
    const adapter = psc.createPSCAdapter({ ...end });
    t.teardown(() => adapter.close());
    return adapter;
  };
}

for (const [name, manners] of [
  ['that delivers all twice', { times: 2 }],
  ['that is a bus', { isBus: true }],
  ['that is a bus and delivers all twice', { isBus: true, times: 2 }],
] as const) {
  test(`over a transport ${name}, each change is made once`, async (t) => {
    const make = world(t, manners);
    const adapters = [make(), make()];
    const sums = await Promise.all(
      Array.from({ length: 40 }, (_, n) => adapters[n % 2]?.increment('k')),
    );
    t.deepEqual(
      sums.sort((a = 0, b = 0) => a - b),
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    await until('both see the sum', () => adapters.every((adapter) => adapter.get('k') === 40));
  });
}

test('over a transport that strips what it does not know, a change is refused, and what alova notes is written as it is', async (t) => {
  const make = world(t, {
    carry: ({ scope, senderID, type, key, value }) => ({ scope, senderID, type, key, value }),
  });
  const adapter = make();
  await adapter.set('k', 1);
  await throwsCode(t, 'ERR_PSC_UNSUPPORTED', () => adapter.increment('k'));
  await throwsCode(t, 'ERR_PSC_UNSUPPORTED', () => adapter.update('k', () => 2));
  t.is(adapter.get('k'), 1);
  await adapter.set('hss.k', { a: 0 });
  t.deepEqual(adapter.get('hss.k'), { a: 0 });
  await adapter.remove('hss.k');
  t.is(adapter.get('hss.k'), undefined);
});
