import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loadNative } from '../native';
import { warnOnce } from '../warnings';

/** The environment variable through which a synchronizer tells its children the name it took. */
const INHERITED = 'PSC_NATIVE_NAME';

/** The one through which root's synchronizer tells them where it is: they may have given up their privileges (R40). */
const INHERITED_HOME = 'PSC_NATIVE_HOME';

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

/** Whether a path leads through what was installed, rather than written for one application. */
function isAmongInstalled(path: string): boolean {
  return path.split(sep).includes('node_modules');
}

/** Whether a module was installed: a process manager, or a command line of a tool. */
function isInstalled(path: string): boolean {
  return isAmongInstalled(real(path) ?? path);
}

/**
 * What this process runs. PM2, where it is the main module, says itself what it starts; what is started by that inherits what
 * PM2 says, and is something else.
 */
function startedScript(): string | undefined {
  const main = require.main?.filename ?? process.argv[1];
  if (main === undefined) return undefined;
  const parts = (real(main) ?? main).split(sep);
  if (!parts.includes('node_modules') || !parts.includes('pm2')) return main;
  return process.env.pm_exec_path ?? main;
}

/**
 * Whether a script that was not installed was started by a link among what is: a command of a monorepo's own, which may start
 * several of its applications.
 */
function isLinked(script: string): boolean {
  const called = process.argv[1];
  if (called === undefined || !isAmongInstalled(called) || isInstalled(called)) return false;
  return real(called) === real(script);
}

/** A path without symbolic links; undefined for what is no file, as with `node -e`. */
function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The working directory, which may have been removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return sep;
  }
}

/** The nearest folder that has a package.json, or else the folder itself. */
function packageAbove(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, 'package.json'))) return above;
    if (above === dirname(above)) return folder;
  }
}

/** The package that the script of this process is of; undefined if there is none, or it was installed, which says nothing. */
function scriptPackage(): string | undefined {
  const script = startedScript();
  const path = script === undefined || isInstalled(script) ? undefined : real(script);
  return path === undefined ? undefined : packageAbove(dirname(path));
}

/**
 * The package of the application: its script's, or else that of the working directory; of a linked command, which is not of
 * one application alone, both. Processes of one application find each other by it, and two applications do not meet.
 */
function applicationRoot(): string {
  const ofScript = scriptPackage();
  if (ofScript !== undefined && !isLinked(startedScript() ?? '')) return ofScript;
  const ofDirectory = packageAbove(workingDirectory());
  return ofScript === undefined ? ofDirectory : `${ofScript} in ${ofDirectory}`;
}

if (isMainThread) process.env[ROOT] = `${process.pid} ${applicationRoot()}`;

function rootOfProcess(): string {
  const [pid, ...root] = (process.env[ROOT] ?? '').split(' ');
  return pid === String(process.pid) ? root.join(' ') : applicationRoot();
}

function nameOfRoot(root: string): string {
  return fileName('app', root.slice(root.lastIndexOf(sep) + 1), root);
}

/** The name that every process of this application derives for itself. */
export function derivedName(): string {
  return nameOfRoot(rootOfProcess());
}

/** Says once if only the working directory tells which application this is. */
export function warnIfUncertain(): void {
  const script = startedScript();
  if (!isMainThread || script === undefined) return;
  if (!isInstalled(script) && !isLinked(script)) return;
  warnOnce(
    'PSC_NO_ID',
    '',
    `This process was started by ${script}, which may start other applications too, so its cache is that of the folder ` +
      `${rootOfProcess()}. If that is not one application, give it an id: \`createNodePSCSynchronizer('my-app')\` and ` +
      "`NodeSyncAdapter(undefined, 'my-app')`.",
  );
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
  const running = Synchronizer.running();
  if (running !== null && running !== undefined) return running;
  const derived = derivedName();
  const known = inheritedName(derived) ?? Synchronizer.inherited(derived);
  if (known !== null && known !== undefined) return known;
  warnIfUncertain();
  return derived;
}

/**
 * What the environment says, if whoever wrote it is of this application, because one may start another; or is a linked command
 * of whose package this script is.
 */
function inheritedName(derived: string): string | undefined {
  const [name, ...applications] = (process.env[INHERITED] ?? '').split(' ');
  return applications.includes(derived) ? name : undefined;
}

/** Tells children that are started from now on which name this process's synchronizer took, and root's where it is. */
export function bequeath(name: string, home: string | null): void {
  const ofScript = scriptPackage();
  const applications = [derivedName(), ...(ofScript === undefined ? [] : [nameOfRoot(ofScript)])];
  process.env[INHERITED] = [name, ...new Set(applications)].join(' ');
  if (process.getuid?.() === 0 && home !== null) process.env[INHERITED_HOME] = home;
}

/** Where root's synchronizer said that it is, if this process descends from it. */
export function inheritedHome(): string | undefined {
  return process.env[INHERITED_HOME];
}

/** Takes that back. */
export function disinherit(name: string): void {
  if (process.env[INHERITED]?.split(' ')[0] === name) delete process.env[INHERITED];
}
