// The files of a folder and below, by their paths relative to it, in a stable order.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function filesUnder(folder, prefix = '') {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesUnder(join(folder, entry.name), `${prefix}${entry.name}/`)
        : `${prefix}${entry.name}`,
    )
    .sort();
}
