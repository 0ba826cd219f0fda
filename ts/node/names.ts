import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loadNative } from '../native';

/** The environment variable through which a synchronizer tells its children the name it took. */
const INHERITED = 'PSC_NATIVE_NAME';

/**
 * The environment variable through which the main thread tells the worker threads of its process, which cannot know, where
 * the application's main module is. With the process's id, for children inherit it too and may be of another application.
 */
const ROOT = 'PSC_NATIVE_ROOT';

/** What is left of a text when only what every file system allows is kept: helps a person who looks at the files. */
function readable(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 32);
}

function fileName(kind: string, text: string, unique: string): string {
  const digest = createHash('sha256').update(unique).digest('hex').slice(0, 32);
  return `${kind}-${readable(text)}-${digest}`;
}

/** The name of the region with an explicit id. */
export function nameOfId(id: string): string {
  return fileName('id', id, id);
}

/**
 * The folder of the application: the nearest one above its main module that has a package.json. Processes of one
 * application find each other by it, and two applications do not meet.
 */
function applicationRoot(): string {
  const main = require.main?.filename ?? process.argv[1];
  let folder = process.cwd();
  if (main !== undefined) {
    try {
      folder = dirname(realpathSync(main));
    } catch {
      // A main module that is no file, as with `node -e`: the working directory stands for it.
    }
  }
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, 'package.json'))) return above;
    if (above === dirname(above)) return folder;
  }
}

if (isMainThread) process.env[ROOT] = `${process.pid} ${applicationRoot()}`;

function rootOfProcess(): string {
  const [pid, ...root] = (process.env[ROOT] ?? '').split(' ');
  return pid === String(process.pid) ? root.join(' ') : applicationRoot();
}

/** The name that every process of this application derives for itself. */
export function derivedName(): string {
  const root = rootOfProcess();
  return fileName('app', root.slice(root.lastIndexOf('/') + 1), root);
}

/** A name that nobody else has. */
export function freshName(): string {
  return fileName(
    'run',
    String(process.pid),
    `${process.pid} ${process.hrtime.bigint()} ${Math.random()}`,
  );
}

/**
 * The name of the region to join (R21): an explicit id's; else that of a synchronizer in this process; else the one
 * inherited from the synchronizer that started us, through the environment or, where that was cleaned, from the nearest
 * ancestor that has one and is of this application; else the one derived from the application.
 */
export function nameToJoin(id: string | undefined): string {
  if (id !== undefined) return nameOfId(id);
  const { Synchronizer } = loadNative();
  const known = Synchronizer.running() ?? process.env[INHERITED];
  if (known !== undefined) return known;
  const derived = derivedName();
  return Synchronizer.inherited(derived) ?? derived;
}

/** Tells children that are started from now on which name this process's synchronizer took. */
export function bequeath(name: string): void {
  process.env[INHERITED] = name;
}

/** Takes that back. */
export function disinherit(name: string): void {
  if (process.env[INHERITED] === name) delete process.env[INHERITED];
}
