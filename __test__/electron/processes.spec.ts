import test from 'ava';
import { uniqueId } from '../helpers/unique';
import { Application, executable } from './helpers/application';

// With an id, every kind of process of an Electron application shares one cache.

declare global {
  /** Of the main process of the app `processes`: starts one process of each kind. */
  function start(id: string, runtime: string): Promise<{ names: string[]; kinds: string[] }>;
  /** As above: calls a method of the adapter in one of them. `null` is undefined. */
  function ask(name: string, method: string, ...args: unknown[]): Promise<unknown>;
}

const MIRRORS = new Set(['sandboxed window', 'page with psc-native/renderer']);
/** A second, on a machine that has ten times as much else to do. */
const MIRROR_MS = 10_000;
const ROUNDS = 3;

const RUNTIMES = [
  { title: "Electron's own Node", runtime: () => executable() },
  { title: "the system's Node", runtime: () => process.execPath },
];

for (const { title, runtime } of RUNTIMES) {
  test(`what each of six kinds of process sets, each of the others reads (child: ${title})`, async (t) => {
    const app = await Application.launch(t, 'processes');
    const { names } = await app.evaluate((_, [id, path]) => globalThis.start(id, path), [
      uniqueId(t),
      runtime(),
    ] as const);
    t.is(names.length, 6);
    const ask = (name: string, method: string, ...args: unknown[]) =>
      app.evaluate((_, [whom, what, given]) => globalThis.ask(whom, what, ...given), [
        name,
        method,
        args,
      ] as const);
    let pairs = 0;
    for (const writer of names) {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const key = `of ${writer}`;
        await ask(writer, 'set', key, { round });
        for (const reader of names) {
          if (reader === writer) continue;
          const read = async () => {
            const value = (await ask(reader, 'get', key)) as { round: number } | null;
            return value?.round ?? 0;
          };
          const heading = `${reader} reads what ${writer} has set`;
          if (MIRRORS.has(reader)) await reachesWithoutGoingBack(heading, read, round);
          else t.is(await read(), round, heading);
          pairs += 1;
        }
        t.deepEqual(await ask(writer, 'get', key), { round }, `${writer} reads its own write`);
      }
    }
    t.is(pairs, 30 * ROUNDS);
  });
}

async function reachesWithoutGoingBack(
  heading: string,
  read: () => Promise<number>,
  goal: number,
): Promise<void> {
  const end = performance.now() + MIRROR_MS;
  let last = goal - 1;
  while (last !== goal) {
    const value = await read();
    if (value < last) throw new Error(`${heading}: ${value} after ${last}`);
    if (performance.now() > end) throw new Error(`${heading}: still ${value}, not ${goal}`);
    last = value;
  }
}
