// Measures psc-native beside what one would use instead, in one run, and writes bench/results.json.
//   --quick        a tenth of the counts, for a look
//   --only=<name>  one group: the name of a file in bench/groups

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, runAsScript } from '../scripts/failure.mjs';
import { environment } from './environment.mjs';
import { installPeers } from './peers.mjs';
import { printTable } from './table.mjs';

const GROUPS = join(import.meta.dirname, 'groups');
const ORDER = ['hot-get', 'first-get', 'set', 'miss', 'capacity', 'propagation', 'join', 'kill'];

function chosen(only) {
  const present = readdirSync(GROUPS).map((file) => file.replace(/\.mjs$/, ''));
  if (only === undefined) return ORDER;
  if (present.includes(only)) return [only];
  throw new Failure(`There is no group '${only}': choose one of ${ORDER.join(', ')}.`);
}

await runAsScript(import.meta.url, async () => {
  const quick = process.argv.includes('--quick');
  const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
  const names = chosen(only);
  await installPeers();
  const rows = [];
  for (const name of names) {
    const { measure } = await import(`./groups/${name}.mjs`);
    const start = Date.now();
    process.stdout.write(`measuring ${name} … `);
    rows.push(...(await measure({ quick })).map((row) => ({ group: name, ...row })));
    console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
  printTable(rows);
  // A part of the rows, or few repetitions, are not the results.
  if (quick || only !== undefined) return 0;
  const results = { ...environment(), rows };
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log('\nWritten to bench/results.json.');
  return 0;
});
