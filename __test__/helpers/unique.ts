import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { nameOfId, native } from './built';

/** The folder in which everybody looks for regions first. */
export const HOME = join('/dev/shm', `psc-native-${process.getuid?.()}`);

/** An id that no other test has. */
export function uniqueId(t: ExecutionContext): string {
  const id = `test-${randomUUID()}`;
  // What killed processes and spoilt files leave is otherwise there until another synchronizer starts.
  t.teardown(() => {
    // Synchronizers of other tests may be looking whether anybody lives there.
    const options = { recursive: true, force: true, maxRetries: 10 };
    for (const file of filesOf(id)) rmSync(join(HOME, file), options);
  });
  return id;
}

/** What lies about of an id. */
export function filesOf(id: string): string[] {
  const name = nameOfId(id);
  return existsSync(HOME) ? readdirSync(HOME).filter((file) => file.startsWith(name)) : [];
}

/** A directory of the test's own. */
export function uniqueDirectory(t: ExecutionContext): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'psc-test-')));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The region of an id, for what the public API does not tell. */
export function regionOf(id: string): NonNullable<ReturnType<typeof native.Region.join>> {
  const region = native.Region.join(nameOfId(id));
  if (region === null) throw new Error(`There is no region with the id ${id}.`);
  return region;
}
