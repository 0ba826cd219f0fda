// Writes the faces that `import` sees, such as dist/index.mjs: each re-exports what the .js file beside it exports, so
// that both ways of loading the package share one state.

import { basename, join } from 'node:path';
import { ENTRIES } from './entries.mjs';
import { Failure } from './failure.mjs';
import { placeContent } from './place.mjs';
import { mustRun, root } from './run.mjs';

async function writeWrapper({ source }) {
  // Asked of the real module, in a process of its own: reading the text would miss what `export *`
  // brings in.
  const file = `dist/${source}.js`;
  const question = `console.log(JSON.stringify(Object.keys(require('./${file}'))))`;
  const { output } = await mustRun(`Loading ${file}`, process.execPath, ['-e', question], {
    show: false,
  });
  const names = JSON.parse(output.trim().split('\n').at(-1)).sort();
  if (names.length === 0) throw new Failure(`${file} exports nothing: look at ts/${source}.ts.`);
  const lines = names.map((name) => `export const ${name} = psc.${name};`);
  placeContent(
    `import psc from './${basename(file)}';\n\n${lines.join('\n')}\n`,
    join(root, 'dist', `${source}.mjs`),
  );
}

export async function writeModuleWrappers() {
  for (const entry of ENTRIES) {
    if (!entry.isBundled) await writeWrapper(entry);
  }
}
