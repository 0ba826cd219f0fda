// A failure that the reader can act on: one sentence with the remedy, and no stack.

import { pathToFileURL } from 'node:url';

export class Failure extends Error {}

/**
 * Runs `main` when the module at `moduleUrl` is the script that was started, and turns its outcome
 * into an exit code.
 */
export async function runAsScript(moduleUrl, main) {
  if (!process.argv[1] || moduleUrl !== pathToFileURL(process.argv[1]).href) return;
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
