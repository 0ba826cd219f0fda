// The platforms that binaries are published for, as package.json names them by Rust target, as the
// platform packages are called, and as npm selects them.

import { Failure } from './failure.mjs';

const PLATFORMS = {
  'x86_64-unknown-linux-gnu': { name: 'linux-x64-gnu', os: 'linux', cpu: 'x64', libc: 'glibc' },
  'aarch64-unknown-linux-gnu': {
    name: 'linux-arm64-gnu',
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
  },
  'x86_64-unknown-linux-musl': { name: 'linux-x64-musl', os: 'linux', cpu: 'x64', libc: 'musl' },
  'x86_64-apple-darwin': { name: 'darwin-x64', os: 'darwin', cpu: 'x64' },
  'aarch64-apple-darwin': { name: 'darwin-arm64', os: 'darwin', cpu: 'arm64' },
  'x86_64-pc-windows-msvc': { name: 'win32-x64-msvc', os: 'win32', cpu: 'x64' },
};

export function platformNames(targets) {
  return targets.map((target) => {
    if (!PLATFORMS[target])
      throw new Failure(`scripts/platforms.mjs does not know the target ${target}: add it.`);
    return PLATFORMS[target].name;
  });
}

/** The fields of a platform's package.json by which npm decides whether to install it. */
export function platformOf(name) {
  const { os, cpu, libc } = Object.values(PLATFORMS).find((platform) => platform.name === name);
  return { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}
