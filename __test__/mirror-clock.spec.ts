import test from 'ava';
import { combineClocks } from '../ts/mirror/runtime';

test('M8: the clock of a mirror keeps real time however often it is read', (t) => {
  let real = 0;
  const now = combineClocks(
    () => 1_000_000 + Math.floor(real),
    () => real,
  );
  for (; real < 100; real += 0.1) t.true(Math.abs(now() - real) < 0.001);
});

test('M8: time asleep counts, and a wall clock that is set back does not', (t) => {
  let monotonic = 0;
  let wall = 1_000_000;
  const now = combineClocks(
    () => wall,
    () => monotonic,
  );
  const start = now();
  wall += 3_600_000;
  t.is(now() - start, 3_600_000);
  wall -= 3_600_000;
  monotonic += 5;
  wall += 5;
  t.is(now() - start, 3_600_005);
});
