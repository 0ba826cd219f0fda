// A process of its own that answers questions: the parent asks `name` with arguments, the child does it and answers.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 300_000;
const END_MS = 5000;

/** Starts a program of the bench. `ask` resolves to its answer; `gone` when it has ended. */
export function startChild(url, args = [], { env = {}, execArgv = [] } = {}) {
  const child = fork(fileURLToPath(url), args, {
    env: { ...process.env, ...env },
    execArgv: ['--expose-gc', ...execArgv],
    serialization: 'advanced',
  });
  const asked = new Map();
  let number = 0;
  const gone = new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ?? code)),
  );
  child.on('message', ({ to, answer, error }) => {
    const { resolve, reject } = asked.get(to);
    asked.delete(to);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  gone.then((end) => {
    for (const { reject } of asked.values()) reject(new Error(`${url} ended with ${end}`));
  });
  const ask = (question, ...rest) =>
    new Promise((resolve, reject) => {
      number += 1;
      const timer = setTimeout(() => reject(new Error(`${question}: no answer`)), LIMIT_MS);
      const settle = (how) => (value) => {
        clearTimeout(timer);
        how(value);
      };
      asked.set(number, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ number, question, rest });
    });
  // By leaving, so that it takes away what it made; one that does not is killed.
  const end = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    if (child.connected) child.disconnect();
    await gone;
    clearTimeout(timer);
  };
  return { ask, end, gone, pid: child.pid, kill: () => child.kill('SIGKILL') };
}

/** In the child: answers questions with functions, until the parent is gone. */
export function answer(functions) {
  process.on('message', async ({ number, question, rest }) => {
    try {
      process.send({ to: number, answer: await functions[question](...rest) });
    } catch (error) {
      process.send({ to: number, error: error.stack });
    }
  });
  process.on('disconnect', () => process.exit());
}
