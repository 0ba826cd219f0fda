import test from 'ava';
import { createPSCSynchronizer } from '../ts/synchronizer';
import type { SharedCacheEvent } from '../ts/types';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { until } from './helpers/until';

// Real processes over a transport whose messages overtake each other and come twice (M14, M15).

/** Who has just ended is told nothing. */
const ignored = (): void => {};

const PROCESSES = 3;
const ROUNDS = counts(100, 400);

test('processes whose messages overtake each other lose no write, and hold the same in the end', async (t) => {
  t.timeout(120_000);
  const { reorderingLink } = await import('../torture/reordering.mjs');
  const names = Array.from({ length: PROCESSES }, (_, number) => `process ${number}`);
  const processes = await Promise.all(names.map(() => TestProcess.start(t, 'reordering-mirror')));
  const broadcast = reorderingLink((event: SharedCacheEvent) => {
    for (const { child } of processes) if (child.connected) child.send({ event }, ignored);
  });
  const { close } = createPSCSynchronizer({
    send: broadcast,
    receive: (handler) => {
      for (const { child } of processes) {
        const reply = reorderingLink((event: SharedCacheEvent) => {
          if (child.connected) child.send({ event }, ignored);
        });
        child.on('message', ({ event }: { event?: SharedCacheEvent }) => {
          if (event !== undefined) void handler(event, reply);
        });
      }
    },
  });
  t.teardown(close);
  await Promise.all(processes.map((each) => each.ask('ready')));

  const written = await Promise.all(
    processes.map((each, number) => {
      return each.ask<{ own: Record<string, number>; refused: string[]; counted: number }>(
        'write',
        names[number],
        ROUNDS,
      );
    }),
  );
  const own = Object.assign({}, ...written.map(({ own }) => own)) as Record<string, number>;
  t.deepEqual(
    written.flatMap(({ refused }) => refused),
    [],
  );
  t.is(Object.keys(own).length, 10 * PROCESSES);
  const shared = Array.from({ length: 5 }, (_, number) => `shared ${number}`);
  const keys = [...Object.keys(own), 'count', ...shared];
  const readAll = () => Promise.all(processes.map((each) => each.ask<unknown[]>('read', keys)));
  await until('all hold the same', async () => {
    const [first, ...others] = (await readAll()).map((values) => JSON.stringify(values));
    return others.every((other) => other === first);
  });
  const [held = []] = await readAll();
  const count = written.reduce((sum, { counted }) => sum + counted, 0);
  t.deepEqual(held.slice(0, -shared.length), [...Object.values(own), count]);
});
