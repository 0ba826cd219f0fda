import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { HOT, KEYS, nthKey, nthValue } from './fixtures/killed-values.cjs';
import { FAILPOINTS_BINARY, psc } from './helpers/built';
import { Bystanders } from './helpers/bystanders';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { seeded } from './helpers/random';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueDirectory, uniqueId } from './helpers/unique';
import { within } from './helpers/until';

// Writers are killed while they set, over one region: by chance, and between every two stores of the set path.

const FAILPOINTS = [
  ...['step:intended', 'step:stored', 'step:counting', 'room:copied', 'room:tail', 'room:swung'],
  ...['room:cleared', 'room:head', 'set:locked', 'set:pad', 'set:bytes', 'set:tail', 'set:word'],
  ...['set:published', 'set:unlocked'],
];
const BY_CHANCE = counts(30, 500);
const AT_EACH_FAILPOINT = counts(1, 34);
/** Ten times what the design allows. */
const MOST_DELAY = 1000;
const MAX_BYTES = 2 * 1024 * 1024;

interface Value {
  readonly writer: number;
  readonly n: number;
  readonly pad: string;
}

/** One region, and what has to be in it. */
class Victims {
  readonly adapter;
  readonly #expected = new Map<string, Value>();
  readonly #random = seeded(Date.now());
  longestDelay = 0;
  evicted = 0;
  #writers = 0;

  constructor(
    readonly t: ExecutionContext,
    readonly id: string,
    readonly directory: string,
    readonly bystanders: Bystanders,
  ) {
    this.adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  }

  async fill(): Promise<void> {
    for (let n = 0; n < 1000; n += 1) await this.adapter.set(`first ${n}`, 'f'.repeat(3000));
    for (let key = 0; key < KEYS; key += 1) await this.adapter.set(`hot ${key}`, HOT);
  }

  /** Starts a writer, sees it die and looks at what it left. */
  async one(failpoint?: string): Promise<void> {
    this.#writers += 1;
    const writer = this.#writers;
    const binary = { NAPI_RS_NATIVE_LIBRARY_PATH: FAILPOINTS_BINARY };
    const at = `${failpoint}#${1 + Math.floor(this.#random() * (failpoint === 'set:pad' ? 2 : 60))}`;
    const env = failpoint === undefined ? {} : { ...binary, PSC_FAILPOINT: at };
    const process_ = await TestProcess.start(this.t, 'killed-writer', {
      env: { ...process.env, ...env },
    });
    const acknowledgements = join(this.directory, String(writer));
    this.bystanders.watch(process_);
    const writing = process_.ask('write', this.id, writer, acknowledgements).catch(() => {});
    if (failpoint === undefined) {
      await process_.next('writes', () => process_.told.length > 0);
      await delay(this.#random() * 20);
      process_.signal('SIGKILL');
    }
    const { signal } = await within(`the death at ${at}`, process_.ended, 60_000);
    await writing;
    this.t.is(signal, 'SIGKILL', at);
    await this.#check(writer, Number(readFileSync(acknowledgements, 'utf8') || -1), at);
  }

  async #check(writer: number, acknowledged: number, at: string): Promise<void> {
    const { t, adapter } = this;
    const start = performance.now();
    await adapter.set('afterwards', writer);
    const delayed = performance.now() - start;
    this.longestDelay = Math.max(this.longestDelay, delayed);
    t.true(delayed < MOST_DELAY, `${delayed} ms at ${at}`);
    t.is(adapter.get('afterwards'), writer);
    for (let n = Math.max(0, acknowledged - KEYS); n <= acknowledged; n += 1) {
      this.#expected.set(nthKey(n), nthValue(writer, n));
    }
    const last = nthValue(writer, acknowledged + 1);
    for (let number = 0; number < KEYS; number += 1) this.#checkKey(nthKey(number), last, at);
    for (let key = 0; key < KEYS; key += 1) {
      const hot = adapter.get(`hot ${key}`);
      if (hot !== undefined) t.is(hot, HOT);
    }
    const region = regionOf(this.id);
    region.validate();
    const { size, blocks } = statSync(region.path);
    t.true(size <= MAX_BYTES && blocks * 512 <= MAX_BYTES);
  }

  #checkKey(key: string, last: Value, at: string): void {
    const read = this.adapter.get<Value>(key);
    const expected = this.#expected.get(key);
    // Its promise had not resolved: whether it is there was for the kill to decide.
    if (key === nthKey(last.n) && read?.n === last.n && read.writer === last.writer) {
      this.#expected.set(key, last);
      this.t.deepEqual(read, last, at);
    } else if (read === undefined && expected !== undefined) {
      this.#expected.delete(key);
      this.evicted += 1;
    } else {
      this.t.deepEqual(read, expected, `${key} at ${at}`);
    }
  }
}

test('a writer may be killed anywhere: nothing is torn, stale, lost or stuck', async (t) => {
  t.timeout(600_000);
  const id = uniqueId(t);
  await synchronize(t, id, { maxBytes: MAX_BYTES });
  const bystanders = await Bystanders.start(t, id);
  const victims = new Victims(t, id, uniqueDirectory(t), bystanders);
  await victims.fill();
  for (let n = 0; n < AT_EACH_FAILPOINT; n += 1) {
    for (const failpoint of FAILPOINTS) await victims.one(failpoint);
  }
  for (let n = 0; n < BY_CHANCE; n += 1) await victims.one();
  const { whole, afterDeath, compared } = await bystanders.longest();
  t.log(
    `longest next set ${victims.longestDelay.toFixed(1)} ms; of a bystander ${whole.toFixed(1)}, and after a death ` +
      `${afterDeath.toFixed(1)}; of one that has nothing to do with the cache ${compared.toFixed(1)}`,
  );
  // Of the rest, the end of the killed process is the kernel's, and who runs when is the scheduler's.
  t.true(afterDeath < MOST_DELAY, `${afterDeath}`);
  // They were set last, and others leave first.
  t.is(victims.evicted, 0);
});
