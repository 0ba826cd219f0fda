// Everything that comes from the network: npm packages and crates. Nothing is asked of it when both
// are already here.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { npm, root, run } from './run.mjs';

const LIMIT_SECONDS = Number(process.env.PSC_DOWNLOAD_SECONDS) || 600;
const TICK_SECONDS = 10;

async function download(what, [command, args], remedy) {
  console.log(`Downloading ${what}, ${LIMIT_SECONDS} s at most`);
  const start = Date.now();
  const tick = setInterval(() => {
    console.log(`  still downloading ${what}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, TICK_SECONDS * 1000);
  const result = await run(command, args, { limitSeconds: LIMIT_SECONDS });
  clearInterval(tick);
  if (result.timedOut) {
    throw new Failure(
      `Downloading ${what} was stopped after ${LIMIT_SECONDS} s: check the network, or raise PSC_DOWNLOAD_SECONDS.`,
    );
  }
  if (result.missing) throw new Failure(`\`${command}\` was not found on the PATH: install it.`);
  if (result.code !== 0) throw new Failure(`Downloading ${what} failed: ${remedy}.`);
}

/** `npm ci`, when package-lock.json is not the one that node_modules was installed from. */
export async function installPackages() {
  const stamp = join(root, 'node_modules', '.psc-lock-hash');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await download(
    'npm packages',
    // No dependency's install script is needed, so none runs.
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
    'see what npm says above, and check the network or run `npm run lock` if package.json changed',
  );
  writeFileSync(stamp, hash);
}

/** `cargo fetch`, when a crate that Cargo.lock names is not on this machine. */
export async function fetchCrates() {
  const locked = existsSync(join(root, 'Cargo.lock')) ? ['--locked'] : [];
  const args = ['fetch', ...locked];
  const offline = await run('cargo', [...args, '--offline'], { show: false });
  if (offline.code === 0) return;
  await download(
    'crates',
    ['cargo', args],
    'see what cargo says above, and check the network or run `cargo check` if Cargo.toml changed',
  );
}
