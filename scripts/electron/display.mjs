// The display that windows are drawn on: the one this session has, or an Xvfb of our own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../failure.mjs';
import { run } from '../run.mjs';
import { provide } from './apt.mjs';

const START_SECONDS = 30;
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const hasXvfb = async () => !(await run('Xvfb', ['-help'], { show: false })).missing;

/** Whether windows can be drawn without an Xvfb. */
export const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY);

export async function provideXvfb() {
  if (!hasDisplay() && !(await hasXvfb())) await provide('There is no display', ['xvfb']);
}

async function start() {
  // It chooses a free number itself, and writes it to the descriptor once it can be connected to.
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => {
    server.once('error', resolve);
    server.once('exit', resolve);
  });
  const end = () => server.kill();
  // A run that is stopped ends it too, and then stops as it would have.
  const stop = (signal) => {
    end();
    process.kill(process.pid, signal);
  };
  for (const signal of STOPPING) process.once(signal, stop);
  const timer = setTimeout(end, START_SECONDS * 1000);
  const number = await Promise.race([once(server.stdio[3], 'data').then(String), ended]);
  clearTimeout(timer);
  if (typeof number !== 'string') throw new Failure('Xvfb ended before it had a display.');
  const close = async () => {
    for (const signal of STOPPING) process.off(signal, stop);
    end();
    await ended;
  };
  return { display: `:${number.trim()}`, close };
}

/** Runs `use` with the environment in which windows can be drawn. */
export async function withDisplay(use) {
  if (hasDisplay()) return use({});
  const { display, close } = await start();
  try {
    return await use({ DISPLAY: display });
  } finally {
    await close();
  }
}
