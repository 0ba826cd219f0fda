// Packs what was built, without rebuilding it: the main package, and one platform package for each
// binary in native/.
//   node scripts/pack.mjs [--out folder]      .artifacts/ unless said otherwise

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure, runAsScript } from './failure.mjs';
import { platformNames, platformOf } from './platforms.mjs';
import { mustRun, npm, root } from './run.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const binaryOf = (platform) => `${manifest.napi.binaryName}.${platform}.node`;

function writeManifest(folder, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
}

function stageMain(folder, platforms) {
  const { devDependencies, scripts, napi, ...published } = manifest;
  const optionalDependencies = Object.fromEntries(
    platforms.map((platform) => [`${manifest.name}-${platform}`, manifest.version]),
  );
  writeManifest(folder, { ...published, optionalDependencies });
  for (const name of [
    'dist',
    'native',
    ...manifest.files.filter((file) => /^[\w.]+$/.test(file)),
  ]) {
    if (existsSync(join(root, name)))
      cpSync(join(root, name), join(folder, name), { recursive: true });
  }
}

function stagePlatform(folder, platform) {
  const { version, license, author, engines } = manifest;
  const binary = binaryOf(platform);
  writeManifest(folder, {
    name: `${manifest.name}-${platform}`,
    version,
    description: `The binary of ${manifest.name} for ${platform}`,
    license,
    author,
    main: binary,
    files: [binary],
    engines,
    ...platformOf(platform),
  });
  cpSync(join(root, 'native', binary), join(folder, binary));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(
    join(folder, 'README.md'),
    `# ${manifest.name}-${platform}\n\nThe binary of \`${manifest.name}\` for ${platform}. Install \`${manifest.name}\`: it brings this package along.\n`,
  );
}

async function packFolder(folder, out) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', out];
  const { output } = await mustRun(`Packing ${folder}`, ...npm(args), { cwd: folder, show: false });
  return /"filename":\s*"([^"]+)"/.exec(output)[1];
}

/** Resolves to the paths of the tarballs in the folder `out`, the main package's first. */
export async function pack(out) {
  const platforms = platformNames(manifest.napi.targets);
  const built = platforms.filter((platform) =>
    existsSync(join(root, 'native', binaryOf(platform))),
  );
  if (built.length === 0 || !existsSync(join(root, 'dist', 'index.mjs'))) {
    throw new Failure('There is nothing built to pack: run `npm run build`.');
  }
  mkdirSync(out, { recursive: true });
  const stage = mkdtempSync(join(tmpdir(), 'psc-pack-'));
  try {
    const main = join(stage, 'main');
    stageMain(main, platforms);
    const tarballs = [await packFolder(main, out)];
    for (const platform of built) {
      stagePlatform(join(stage, platform), platform);
      tarballs.push(await packFolder(join(stage, platform), out));
    }
    return tarballs.map((name) => join(out, name));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

await runAsScript(import.meta.url, async () => {
  const place = process.argv.indexOf('--out');
  const out = place < 0 ? join(root, '.artifacts') : resolve(process.argv[place + 1] ?? '');
  for (const tarball of await pack(out)) console.log(tarball);
});
