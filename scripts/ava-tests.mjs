// Runs ava, and closes with one line of counts taken from ava's own report.

import { stripVTControlCharacters } from 'node:util';
import { run, tool } from './run.mjs';

const PASSED = /^ {2}[✔√] /;
const LOST_FILE = /^ {2}[✘×] .*(exited due to|exited with a non-zero exit code|No tests found in)/;
const RULE = /^ {2}─+$/;

// The lines that close the report, such as `2 tests failed`. When something failed, ava does not
// say there how many passed: those are counted above.
const FAILED = [
  /^(\d+) tests? failed$/,
  /^(\d+) hooks? failed$/,
  /^(\d+) unhandled rejections?$/,
  /^(\d+) uncaught exceptions?$/,
  /^(\d+) tests? remained pending after a timeout$/,
];
const SKIPPED = [/^(\d+) tests? skipped$/, /^(\d+) tests? todo$/, /^(\d+) known failures?$/];

function sum(lines, patterns) {
  const counts = lines.flatMap((line) => patterns.map((pattern) => pattern.exec(line.trim())?.[1]));
  return counts.reduce((total, count) => total + Number(count ?? 0), 0);
}

/** Counts what the report says. Between its first rule and its last, it quotes what failed. */
function countTests(report, exitCode) {
  const lines = stripVTControlCharacters(report).split('\n');
  const end = lines.findIndex((line) => RULE.test(line));
  const progress = end < 0 ? lines : lines.slice(0, end);
  const closing = end < 0 ? [] : lines.slice(lines.findLastIndex((line) => RULE.test(line)));
  const lostFiles = progress.filter((line) => LOST_FILE.test(line)).length;
  const failed = sum(closing, FAILED) + lostFiles;
  return {
    passed: progress.filter((line) => PASSED.test(line)).length,
    // Whatever else made ava exit with an error has no line of its own.
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: sum(closing, SKIPPED),
  };
}

export async function runAvaTests({ full, args = [], env: given }) {
  const env = { ...given, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) };
  // ava reports on stdout; what the tests print goes to stderr, and so cannot be mistaken for it.
  const { code, stdout } = await run(...tool('ava', args), { env });
  const { passed, failed, skipped } = countTests(stdout, code);
  const note = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.log(`\nava: ${note}`);
  return { ok: code === 0 && failed === 0 && passed > 0 && !(full && skipped > 0), note };
}
