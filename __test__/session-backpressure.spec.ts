import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { Channel } from '../ts/session';
import { forkFixture } from './helpers/channels';
import { counts } from './helpers/counts';

const ITEM_BYTES = 64 * 1024;
const MIB = 2 ** 20;

test('a writer holds no more than its reader has room for, however much there is', async (t) => {
  t.timeout(300_000);
  const count = counts(2048, 16_384);
  const how = { serialization: 'advanced', execArgv: ['--expose-gc'] } as const;
  const child = forkFixture(t, 'session-writer', { ...how, execArgv: [...how.execArgv] });
  const channel = new Channel(child);
  await channel.startSession('ready', { action: 'ready' });
  const call = channel.startSession('a', { action: 'write', payload: count });
  let number = 0;
  for await (const item of call.items) {
    const bytes = item as Uint8Array;
    if (bytes.length !== ITEM_BYTES || bytes[0] !== number % 256) t.fail(`item ${number} is wrong`);
    number += 1;
    // A reader that is slower than any writer.
    if (number % 64 === 0) await delay(1);
  }
  t.is(number, count);
  const most = (await call) as number;
  t.log(
    `${(count * ITEM_BYTES) / MIB} MiB, and the writer never held ${(most / MIB).toFixed(1)} MiB more`,
  );
  t.true(most < 16 * MIB);
});
