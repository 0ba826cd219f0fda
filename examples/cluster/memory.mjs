// How much memory the cache takes, as Linux counts it: of every file that a process has mapped, /proc tells the bytes
// it has touched (Rss), and its share of them when each byte is split among all processes that touched it (Pss).

import { readFile } from 'node:fs/promises';

const HEADER = /^[0-9a-f]+-[0-9a-f]+ /;
const FIELD = /^(Rss|Pss): +(\d+) kB$/;

/**
 * What this process has mapped of the cache's file: `touched` bytes, and the process's `share` of them. The shares of
 * all processes add up to what is really in use. Null where the system does not tell.
 */
export async function mappedMemory() {
  const text = await readFile('/proc/self/smaps', 'utf8').catch(() => undefined);
  if (text === undefined) return null;
  const bytes = { Rss: 0, Pss: 0 };
  let isCache = false;
  for (const line of text.split('\n')) {
    if (HEADER.test(line)) isCache = line.includes('/psc-native-') && line.endsWith('.region');
    const [, field, kilobytes] = (isCache && FIELD.exec(line)) || [];
    if (field) bytes[field] += Number(kilobytes) * 1024;
  }
  return { touched: bytes.Rss, share: bytes.Pss };
}
