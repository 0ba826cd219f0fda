// For how long the main process does nothing else.

const { readFileSync } = require('node:fs');

/**
 * Milliseconds that this thread has run, where the system tells: what else the machine has to do meanwhile is nobody's
 * fault here. Otherwise those of a clock.
 */
const threadTime = () => {
  if (process.platform !== 'linux') return performance.now();
  return (
    Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  );
};

/** The longest time, in ms, that main runs while a timer of it waits: from when something begins to when its aftermath `isOver`. */
exports.longestBlock = async (run, isOver) => {
  let longest = 0;
  let last = threadTime();
  let hasRun = false;
  const ended = new Promise((resolve) => {
    const tick = () => {
      const now = threadTime();
      longest = Math.max(longest, now - last);
      last = now;
      if (hasRun && isOver()) resolve();
      else setTimeout(tick);
    };
    tick();
  });
  await run();
  hasRun = true;
  await ended;
  return longest;
};

exports.median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
