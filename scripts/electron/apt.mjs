// System packages: installed when we are root on a Debian, otherwise named in one line that can be
// copied. PSC_NO_APT=1 declines.

import { Failure } from '../failure.mjs';
import { run } from '../run.mjs';
import { patiently } from './patiently.mjs';

const succeeds = async (command, args) => (await run(command, args, { show: false })).code === 0;

// Since their time_t has 64 bits, some libraries of Debian and Ubuntu carry that in their name.
const currentName = async (name) =>
  (await succeeds('apt-cache', ['show', `${name}t64`])) ? `${name}t64` : name;

async function isInstalled(name) {
  const { stdout } = await run('dpkg-query', ['-s', name], { show: false });
  return stdout.includes('Status: install ok installed');
}

/** How to become root without being asked anything, or undefined. */
async function becomeRoot() {
  if (process.getuid() === 0) return [];
  // A machine of continuous integration expects it of us; a person would rather decide.
  if (process.env.CI && (await succeeds('sudo', ['-n', 'true']))) return ['sudo', '-n'];
  return undefined;
}

/** Installs system packages; `why` begins the sentence that says so, or that they are missing. */
export async function provide(why, names) {
  const root = process.platform === 'linux' ? await becomeRoot() : undefined;
  const manual = `${why}: install ${names.join(', ')} (on Debian and Ubuntu: \`apt-get install ${names.join(' ')}\`).`;
  const hasApt = await succeeds('apt-get', ['--version']);
  if (!root || process.env.PSC_NO_APT === '1' || !hasApt) throw new Failure(manual);
  const [program, ...first] = [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  const apt = (what, args) => patiently(what, [program, [...first, ...args]]);
  console.log(`${why}. apt-get installs: ${names.join(', ')} (PSC_NO_APT=1 declines)`);
  await apt('Asking apt what there is', ['update']);
  const wanted = await Promise.all(names.map(currentName));
  const missing = [];
  for (const name of wanted) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  const args = ['install', '-y', '--no-install-recommends', ...missing];
  const { code } = await apt(`Installing ${missing.join(', ')}`, args);
  if (code !== 0) throw new Failure(manual);
}
