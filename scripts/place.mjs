// Puts a built file where it is used: only when it differs, and in one step, so that a reader sees
// the old file or the new one and nothing in between.

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** Returns whether the file at `path` changed. */
export function placeContent(content, path, mode) {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return false;
  const fresh = `${path}.${process.pid}.tmp`;
  writeFileSync(fresh, bytes, mode === undefined ? undefined : { mode });
  renameSync(fresh, path);
  return true;
}

/** Returns whether the file at `to` changed. */
export function placeFile(from, to) {
  return placeContent(readFileSync(from), to, statSync(from).mode);
}
