// Writes dist/index.mjs, the face that `import` sees: it re-exports what dist/index.js exports, so
// that both ways of loading the package share one state.

import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { placeContent } from './place.mjs';
import { mustRun, root } from './run.mjs';

export async function writeModuleWrapper() {
  // Asked of the real module, in a process of its own: reading the text would miss what `export *`
  // brings in.
  const question = 'console.log(JSON.stringify(Object.keys(require("./dist/index.js"))))';
  const { output } = await mustRun('Loading dist/index.js', process.execPath, ['-e', question], {
    show: false,
  });
  const names = JSON.parse(output.trim().split('\n').at(-1)).sort();
  if (names.length === 0) throw new Failure('dist/index.js exports nothing: look at ts/index.ts.');
  const lines = names.map((name) => `export const ${name} = psc.${name};`);
  placeContent(
    `import psc from './index.js';\n\n${lines.join('\n')}\n`,
    join(root, 'dist', 'index.mjs'),
  );
}
