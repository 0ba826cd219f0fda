// The error codes: Rust, TypeScript and the documentation have to agree on them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAsScript } from './failure.mjs';
import { root } from './run.mjs';

const PLACES = [
  { file: 'src/error.rs', pattern: /\bERR_PSC_[A-Z0-9_]+/g },
  { file: 'ts/errors.ts', pattern: /\bERR_PSC_[A-Z0-9_]+/g },
  // One heading per code.
  { file: 'docs/errors.md', pattern: /(?<=^#+ .*)\bERR_PSC_[A-Z0-9_]+/gm },
];

const missing = (from, to) =>
  [...from.codes]
    .filter((code) => !to.codes.has(code))
    .map((code) => `${from.file} names ${code}, and ${to.file} does not.`);

function codesIn({ file, pattern }) {
  const path = join(root, file);
  return new Set(existsSync(path) ? readFileSync(path, 'utf8').match(pattern) : []);
}

export function checkErrors() {
  const [rust, typescript, docs] = PLACES.map((place) => ({ ...place, codes: codesIn(place) }));
  const faults = [
    // Some codes arise only in TypeScript; whatever Rust can say has to be known there.
    ...missing(rust, typescript),
    ...missing(typescript, docs),
    ...missing(docs, typescript),
  ];
  for (const fault of faults) console.log(fault);
  const ok = faults.length === 0 && typescript.codes.size > 0;
  const note = `${typescript.codes.size} codes, ${rust.codes.size} of them in Rust`;
  console.log(ok ? `${note}: all agree` : note);
  return { ok, note };
}

await runAsScript(import.meta.url, () => (checkErrors().ok ? 0 : 1));
