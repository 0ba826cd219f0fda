import type { TestProcess } from './processes';

// File systems that are only there for a program of the test's.

const ROOT = process.getuid?.() === 0;

/** Starts a program that has a file system in memory at a directory, mounted with these options. */
export function mounted(directory: string, options: string): string[] {
  const mount = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"';
  const user = ROOT ? [] : ['--map-current-user', '--keep-caps'];
  return ['unshare', '--mount', ...user, 'sh', '-c', mount, 'sh', options, directory];
}

/** Starts a program where another one, which is running, has something mounted. */
export function inTheMountsOf(host: TestProcess): string[] {
  const user = ROOT ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', '--target', `${host.pid}`, '--mount', ...user];
}

/** Starts programs on what looks like another boot: of the id in that file, on a clock that begins elsewhere. */
export function onAnotherBoot(idFile: string): string[] {
  const mount = 'mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"';
  const user = ROOT ? [] : ['--map-current-user', '--keep-caps'];
  const clock = ['--time', '--boottime', '5000000', '--fork', '--kill-child'];
  return ['unshare', '--mount', ...clock, ...user, 'sh', '-c', mount, 'sh', idFile];
}
