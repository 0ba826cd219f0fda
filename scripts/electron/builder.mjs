// electron-builder, with which one test packages an app. It needs no install script for a folder of files.

import { join } from 'node:path';
import { provideTool } from '../locked-tool.mjs';

/** Resolves to the script that is its command, installed if it is not there yet. */
export async function provideBuilder() {
  return join(await provideTool('electron-builder', 'scripts', 'electron', 'builder'), 'cli.js');
}
