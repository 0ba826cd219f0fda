import test from 'ava';
import { Timers } from '../ts/mirror/timers';

// One timer of the platform for all that a mirror plans and calls off.

function manual() {
  let now = 0;
  const set: { at: number; run: () => void }[] = [];
  const timers = new Timers(
    () => now,
    (run, ms) => set.push({ at: now + ms, run }),
  );
  const pass = (ms: number) => {
    now += ms;
    for (const timer of set.splice(0)) {
      if (timer.at <= now) timer.run();
      else set.push(timer);
    }
  };
  return { timers, set, pass };
}

test('what is planned and called off again and again sets one timer', (t) => {
  const { timers, set, pass } = manual();
  for (let at = 0; at < 1000; at += 1) timers.after(2000, () => t.fail())();
  t.is(set.length, 1);
  pass(2000);
  t.is(set.length, 0, 'and none while nothing waits');
});

test('what is planned runs when it is due, the earliest first, and never before', (t) => {
  const { timers, pass } = manual();
  const ran: string[] = [];
  timers.after(2000, () => ran.push('late'));
  timers.after(0, () => ran.push('now'));
  pass(0);
  t.deepEqual(ran, ['now']);
  timers.after(500, () => ran.push('soon'));
  pass(499);
  t.deepEqual(ran, ['now']);
  pass(1);
  pass(1499);
  t.deepEqual(ran, ['now', 'soon']);
  pass(1);
  t.deepEqual(ran, ['now', 'soon', 'late']);
});

test('what waits goes on waiting when the timer went off for something that was called off', (t) => {
  const { timers, pass } = manual();
  let runs = 0;
  const cancel = timers.after(1000, () => t.fail());
  pass(500);
  timers.after(1000, () => {
    runs += 1;
  });
  cancel();
  pass(500);
  t.is(runs, 0);
  pass(500);
  t.is(runs, 1);
});

test('one that another calls off as both are due does not run, and one that throws stops none', (t) => {
  const { timers, pass } = manual();
  const cancels: (() => void)[] = [];
  timers.after(10, () => cancels[0]?.());
  cancels.push(timers.after(10, () => t.fail()));
  timers.after(20, () => {
    throw new Error('a fault');
  });
  let runs = 0;
  timers.after(20, () => {
    runs += 1;
  });
  pass(10);
  t.throws(() => pass(10), { message: 'a fault' });
  pass(0);
  t.is(runs, 1);
});
