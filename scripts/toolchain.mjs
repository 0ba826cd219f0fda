// What a machine must have before anything here can be built: Node, cargo, a linker.

import { Failure } from './failure.mjs';
import { run } from './run.mjs';

const NODE = [20, 17];
const RUST = [1, 88];

const isOlder = ([major, minor], [wantedMajor, wantedMinor]) =>
  major < wantedMajor || (major === wantedMajor && minor < wantedMinor);

const versionIn = (text) => (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);

export async function checkToolchain() {
  if (isOlder(versionIn(process.versions.node), NODE)) {
    throw new Failure(
      `Node ${process.versions.node} is too old to build psc-native: install Node ${NODE.join('.')} or newer (to run it, 16.17 is enough).`,
    );
  }
  const cargo = await run('cargo', ['--version'], { show: false });
  if (cargo.code !== 0) {
    throw new Failure(
      `Rust's \`cargo\` was not found on the PATH: install Rust ${RUST.join('.')} or newer from https://rustup.rs.`,
    );
  }
  if (isOlder(versionIn(cargo.output), RUST)) {
    throw new Failure(
      `${cargo.output.trim()} is too old to build psc-native: run \`rustup update\` to get Rust ${RUST.join('.')} or newer.`,
    );
  }
  if (process.platform === 'win32') return;
  const linker = await run('cc', ['--version'], { show: false });
  if (linker.code !== 0) {
    const remedy =
      process.platform === 'darwin'
        ? 'run `xcode-select --install`'
        : 'install a C toolchain, on Debian and Ubuntu with `apt-get install build-essential`';
    throw new Failure(`The linker \`cc\`, which Rust needs, was not found on the PATH: ${remedy}.`);
  }
}
