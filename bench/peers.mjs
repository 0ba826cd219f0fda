// What psc-native is measured against, installed into a folder of the bench's own. Once it is there, no network is
// needed.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure } from '../scripts/failure.mjs';
import { npm, run } from '../scripts/run.mjs';

export const PEERS = { '@alova/psc': '1.0.15', alova: '3.5.5', lmdb: '3.5.6' };

const folder = join(import.meta.dirname, 'peers');
const LIMIT_SECONDS = Number(process.env.PSC_DOWNLOAD_SECONDS) || 600;
const TICK_SECONDS = 10;

/** Loads an installed peer. */
export const loadPeer = createRequire(join(folder, 'package.json'));

function missing(into, peers) {
  return Object.entries(peers).filter(([name, version]) => {
    const file = join(into, 'node_modules', name, 'package.json');
    return !existsSync(file) || JSON.parse(readFileSync(file, 'utf8')).version !== version;
  });
}

/** Installs what is not there. Install scripts do not run: Electron's downloads, and lmdb comes with a binary. */
export async function installPeers() {
  await installInto(folder, PEERS);
  try {
    loadPeer('lmdb');
  } catch (error) {
    throw new Failure(
      `lmdb cannot be loaded (${error.message.split('\n')[0]}): delete bench/peers and run again.`,
    );
  }
}

/** Installs those of the peers into a folder that are not there, without their install scripts. */
export async function installInto(into, peers) {
  if (missing(into, peers).length === 0) return;
  mkdirSync(into, { recursive: true });
  const manifest = { private: true, dependencies: peers };
  writeFileSync(join(into, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`Downloading the peers of the bench, ${LIMIT_SECONDS} s at most`);
  const start = Date.now();
  const tick = setInterval(() => {
    console.log(`  still downloading, ${Math.round((Date.now() - start) / 1000)} s`);
  }, TICK_SECONDS * 1000);
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const result = await run(...npm(['install', '--ignore-scripts', ...quiet]), {
    cwd: into,
    limitSeconds: LIMIT_SECONDS,
  });
  clearInterval(tick);
  if (result.code === 0 && missing(into, peers).length === 0) return;
  const what = result.timedOut ? `was stopped after ${LIMIT_SECONDS} s` : 'failed';
  throw new Failure(
    `Downloading the peers of the bench ${what}: see what npm says above, and check the network.`,
  );
}
