import { once } from 'node:events';
import test from 'ava';
import { Channel, newSessionId } from '../ts/session';
import { forkFixture } from './helpers/channels';
import { counts } from './helpers/counts';

// A process that is killed takes no caller with it.

test('all callers of a process that is killed are told, at once and by one code', async (t) => {
  t.timeout(600_000);
  const rounds = counts(5, 100);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = forkFixture(t, 'session-plugin');
    const channel = new Channel(child);
    await channel.startSession('ready', { action: 'ready' });
    const codes = new Map<string, number>();
    let start = 0;
    let last = 0;
    const calls = Array.from({ length: 1000 }, async () => {
      const call = channel.startSession(newSessionId(), { action: 'wait' });
      await call.catch(({ code }) => {
        codes.set(code, (codes.get(code) ?? 0) + 1);
        last = performance.now();
      });
    });
    // Some have arrived there when it is killed, and some are on their way.
    if (round % 2 === 0) await channel.startSession('one more', { action: 'echo' });
    const exited = once(child, 'exit');
    start = performance.now();
    child.kill('SIGKILL');
    await Promise.all(calls);
    times.push(last - start);
    t.deepEqual([...codes], [['ERR_PSC_PEER_DIED', 1000]]);
    t.is(channel.openSessions, 0);
    await exited;
  }
  times.sort((a, b) => a - b);
  const worst = times.at(-1) as number;
  t.log(
    `after ${times[times.length >> 1]?.toFixed(1)} ms, at most ${worst.toFixed(1)} ms, in ${rounds} rounds`,
  );
  // 100 ms on a quiet machine; other work on it must not fail the test.
  t.true(worst < 1000);
});
