import { readFileSync } from 'node:fs';
import { until } from './until';

/** Waits until a process is stopped, as by a debugger. */
export async function untilStopped(pid: number): Promise<void> {
  await until(`process ${pid} is stopped`, () => {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  });
}
