// Starts programs: from the repository root, shown on the terminal or captured, with an optional
// time limit.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a program and resolves to `{ code, stdout, output, timedOut }`, where `output` is stdout and
 * stderr together; a program that cannot be started has the code `null` and `missing: true`. `show`
 * passes its output on as it comes, `onOutput` is given it, `limitSeconds` ends it with SIGKILL.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env, show = true, onOutput, limitSeconds } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const result = { stdout: '', output: '', timedOut: false };
    const collect = (stream, target) => {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        result.output += text;
        if (stream === child.stdout) result.stdout += text;
        if (show) target.write(text);
        onOutput?.(text);
      });
    };
    collect(child.stdout, process.stdout);
    collect(child.stderr, process.stderr);
    const timer =
      limitSeconds &&
      setTimeout(() => {
        result.timedOut = true;
        child.kill('SIGKILL');
        // A grandchild may still hold the pipes open.
        child.stdout.destroy();
        child.stderr.destroy();
      }, limitSeconds * 1000);
    child.on('error', () => {
      clearTimeout(timer);
      resolve({ ...result, code: null, missing: true });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...result, code: code ?? 128 + constants.signals[signal] });
    });
  });
}

/** Runs a program that has to succeed; `what` names it in the failure. */
export async function mustRun(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  if (options?.show === false) process.stderr.write(result.output);
  const end = result.missing ? `\`${command}\` was not found` : `exit code ${result.code}`;
  throw new Failure(`${what} failed (${end}); its own words are above.`);
}

/** Runs a script of this repository on the terminal itself, and resolves to its exit code. */
export function runScript(path, args) {
  if (!existsSync(join(root, path))) throw new Failure(`There is no ${path} to run.`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' });
    // Ctrl-C reaches the script as well: it ends in its own way, and so do we.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/**
 * The command and arguments that start the program `bin` of an installed development dependency.
 */
export function tool(packageName, args, bin = basename(packageName)) {
  const folder = join(root, 'node_modules', packageName);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return [process.execPath, [join(folder, typeof bins === 'string' ? bins : bins[bin]), ...args]];
}

/** The command and arguments that start npm: the one that runs us, or the one on the PATH. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli && basename(cli) === 'npm-cli.js') return [process.execPath, [cli, ...args]];
  return ['npm', args];
}
