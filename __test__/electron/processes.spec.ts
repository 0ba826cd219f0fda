import test from 'ava';
import { counts } from '../helpers/counts';
import { uniqueId } from '../helpers/unique';
import { Application, executable } from './helpers/application';

// With an id, every kind of process of an Electron application shares one cache.

/** A change that a mirror's window saw, and when. */
interface Noticed {
  readonly key: string;
  readonly round: number;
  readonly at: number;
}

declare global {
  /** Of the main process of the app `processes`: starts one process of each kind. */
  function start(id: string, runtime: string): Promise<{ names: string[]; kinds: string[] }>;
  /** As above: calls a method of the adapter in one of them. `null` is undefined. */
  function ask(name: string, method: string, ...args: unknown[]): Promise<unknown>;
  /** As above: sets a key in one of them. Returns when that had resolved. */
  function set(name: string, key: string, round: number): Promise<number>;
  /** As above: has the windows with mirrors look at keys from now on, all the time. */
  function watch(keys: readonly string[]): Promise<void>;
  /** As above: what the window of that name saw. */
  function noticed(name: string): Promise<Noticed[]>;
}

const MIRRORS = ['sandboxed window', 'page with psc-native/renderer'];
const MIRROR_MS = 1000;
const ROUNDS = counts(5, 50);

const RUNTIMES = [
  { title: "Electron's own Node", runtime: () => executable(), kind: /^\d+\.\d+/ },
  { title: "the system's Node", runtime: () => process.execPath, kind: /^node$/ },
];

const keyOf = (writer: string) => `of ${writer}`;

for (const { title, runtime, kind } of RUNTIMES) {
  test(`what each of six kinds of process sets, each of the others reads (child: ${title})`, async (t) => {
    // Before the app, so that the files of the id are looked for after its end.
    const id = uniqueId(t);
    const app = await Application.launch(t, 'processes');
    const { names, kinds } = await app.evaluate((_, [name, path]) => globalThis.start(name, path), [
      id,
      runtime(),
    ] as const);
    t.is(names.length, 6);
    t.is(kinds[0], 'utility');
    t.regex(String(kinds[1]), kind);
    const ask = (name: string, method: string, ...args: unknown[]) =>
      app.evaluate((_, [whom, what, given]) => globalThis.ask(whom, what, ...given), [
        name,
        method,
        args,
      ] as const);
    const roundOf = async (reader: string, writer: string) =>
      ((await ask(reader, 'get', keyOf(writer))) as { round: number } | null)?.round ?? 0;
    await app.evaluate((_, keys) => globalThis.watch(keys), names.map(keyOf));

    const setAt = new Map<string, number[]>(names.map((writer) => [writer, []]));
    const native = names.filter((name) => !MIRRORS.includes(name));
    const pairs = new Set<string>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const writer of names) {
        const at = await app.evaluate((_, given) => globalThis.set(...given), [
          writer,
          keyOf(writer),
          round,
        ] as [string, string, number]);
        setAt.get(writer)?.push(at);
        // At once: whoever reads the store itself, and whoever wrote.
        for (const reader of new Set([...native, writer])) {
          t.is(await roundOf(reader, writer), round, `${reader} reads what ${writer} has set`);
          if (reader !== writer) pairs.add(`${writer} to ${reader}`);
        }
      }
    }

    for (const mirror of MIRRORS) {
      const noticed = () => app.evaluate((_, name) => globalThis.noticed(name), mirror);
      await app.until(`the ${mirror} has seen the last round of all`, async () => {
        const last = (await noticed()).filter(({ round }) => round === ROUNDS);
        return last.length === names.length;
      });
      const seen = await noticed();
      for (const writer of names) {
        const ofWriter = seen.filter(({ key }) => key === keyOf(writer));
        const rounds = ofWriter.map(({ round }) => round);
        const heading = `the ${mirror} sees what ${writer} sets`;
        t.deepEqual(
          rounds,
          [...rounds].sort((a, b) => a - b),
          `${heading}, never an older value`,
        );
        for (const [before, at] of (setAt.get(writer) ?? []).entries()) {
          const first = ofWriter.find(({ round }) => round > before);
          t.true((first?.at ?? Number.NaN) - at <= MIRROR_MS, `${heading}, within a second`);
        }
        if (writer !== mirror) pairs.add(`${writer} to ${mirror}`);
      }
    }
    t.is(pairs.size, 30);
  });
}
