import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

/** The code that a page of the documentation shows under a heading, each block by how it begins. */
export function snippetsOf(page: string, heading: string): (start: string) => string {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const lines = text.split('\n');
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const from = lines.indexOf(heading);
  if (from < 0) throw new Error(`${page} has no heading "${heading}".`);
  let isCode = false;
  const blocks: string[][] = [];
  for (const line of lines.slice(from + 1)) {
    const isFence = line.startsWith('```');
    if (isFence && !isCode) blocks.push([]);
    if (isFence) isCode = !isCode;
    else if (isCode) blocks.at(-1)?.push(line);
    else if ((/^#+(?= )/.exec(line)?.[0].length ?? level + 1) <= level) break;
  }
  return (start) => {
    const found = blocks.filter(([first]) => first?.startsWith(start));
    const [block] = found;
    if (block !== undefined && found.length === 1) return `${block.join('\n')}\n`;
    throw new Error(`${page} has ${found.length} blocks under "${heading}" that begin "${start}".`);
  };
}
