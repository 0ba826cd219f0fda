// Compiles the type tests against the generated public types. A test is a file; it passes when tsc
// accepts it.

import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { filesUnder } from './files.mjs';
import { root, run, tool } from './run.mjs';

const FOLDER = '__test__/types';

export async function runTypeTests() {
  const files = filesUnder(join(root, FOLDER)).filter((name) => /\.[cm]?ts$/.test(name));
  if (files.length === 0) throw new Failure(`There are no type tests in ${FOLDER}.`);
  const args = ['-p', FOLDER, '--noEmit', '--pretty', 'false'];
  const { code, output } = await run(...tool('typescript', args, 'tsc'));
  const failed = files.filter((name) => output.includes(`${FOLDER}/${name}(`)).length;
  // An error elsewhere, in the configuration or in the public types, fails them all.
  const failures = code !== 0 && failed === 0 ? files.length : failed;
  const note = `${files.length - failures} passed, ${failures} failed`;
  console.log(`types: ${note}`);
  return { ok: code === 0, note };
}
