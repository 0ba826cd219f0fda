// PM2, under which one test runs applications.

import { join } from 'node:path';
import { provideTool } from './locked-tool.mjs';

/** Resolves to the script that is its command, installed if it is not there yet. */
export async function providePM2() {
  return join(await provideTool('pm2', 'scripts', 'pm2'), 'bin', 'pm2');
}
