import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

// A small disk that only the processes of a round see. They have shared memory of their own, too, so that nobody who does not
// see the disk takes their files away; and nothing is left of either when the last of them ends.

const ROOT = process.getuid?.() === 0;
const USER = ROOT ? [] : ['--map-current-user', '--keep-caps'];
const MOUNT =
  'mount -t tmpfs -o "$1" tmpfs "$2" && mount -t tmpfs -o mode=1777 tmpfs /dev/shm && shift 2 && exec "$@"';
const PAGE = Buffer.alloc(4096);

/** What starts a program that has a disk of so many bytes at a directory. */
export function withDisk(directory, bytes) {
  return [
    'unshare',
    '--mount',
    ...USER,
    'sh',
    '-c',
    MOUNT,
    'sh',
    `size=${bytes},mode=700`,
    directory,
  ];
}

/** What starts a program that sees the disk of another one, which runs. */
export function besideDisk(pid) {
  const user = ROOT ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', '--target', `${pid}`, '--mount', ...user];
}

/** Why there can be no such disk here. */
export function whyNoDisk() {
  const [program, ...args] = [...withDisk('/mnt', 2 ** 20), 'true'];
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n')[0]);
}

/** Takes all the room that there is, into a file. */
export function takeAll(path) {
  const file = openSync(path, 'a');
  try {
    for (;;) writeSync(file, PAGE);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
