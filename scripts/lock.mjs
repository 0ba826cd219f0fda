// Renews package-lock.json from package.json. A registry mirror may lack packages made for other
// platforms; npm then leaves them out of the lock file, and `npm ci` refuses it everywhere. Here
// they are added by name and version.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAsScript } from './failure.mjs';
import { mustRun, npm, root } from './run.mjs';

const file = join(root, 'package-lock.json');
const SYSTEMS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  win32: 'win32',
};
const CPUS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64'];
const LIBCS = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl' };

// What a platform package's name says about where it runs: lzma-linux-x64-musl, cli-win32-arm64,
// tar-wasm32-wasi.
function platformOf(name) {
  const words = name.split('-');
  const first = (known) => words.map((word) => known[word]).find(Boolean);
  const os = first(SYSTEMS);
  const cpu = words.find((word) => CPUS.includes(word));
  const libc = os === 'linux' ? first(LIBCS) : undefined;
  return { os: os && [os], cpu: cpu && [cpu], libc: libc && [libc] };
}

function complete(lock) {
  const added = [];
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const { cpu, libc, os } = platformOf(name);
      if (lock.packages[path] || !cpu) continue;
      // In npm's own order, so that npm does not rewrite it.
      lock.packages[path] = { version, cpu, dev: true, libc, optional: true, os };
      added.push(name);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  return added;
}

await runAsScript(import.meta.url, async () => {
  await mustRun(
    'Renewing package-lock.json',
    ...npm(['install', '--package-lock-only', '--ignore-scripts']),
  );
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = complete(lock);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  if (added.length > 0)
    console.log(`Added ${added.length} packages that the registry did not serve.`);
});
