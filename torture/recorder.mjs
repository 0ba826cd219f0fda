import { openSync, writeSync } from 'node:fs';

const now = () => Number(process.hrtime.bigint());

/** Codes that say that a write did not happen; after any other error it may have. */
const REFUSED = new Set(['ERR_PSC_VALUE_TOO_LARGE', 'ERR_PSC_KEY_TOO_LARGE', 'ERR_PSC_SERIALIZE']);

/** Writes what this process does to a file, before and after each operation. */
export class Recorder {
  #file;
  #count = 0;

  constructor(path) {
    this.#file = openSync(path, 'a');
  }

  /** Does something that takes no time to be known: one line, afterwards. */
  sync(kind, key, run, more = {}) {
    this.#count += 1;
    const from = now();
    const value = run();
    this.#line({ n: this.#count, kind, key, value, from, to: now(), outcome: 'ok', ...more });
    return value;
  }

  /** Does something that may not return. `given` is what it writes; else its value is what it returns. */
  async async(kind, key, given, run, more = {}) {
    this.#count += 1;
    const n = this.#count;
    this.#line({ n, kind, key, value: given, from: now(), ...more });
    try {
      const value = await run();
      this.#line({ n, to: now(), outcome: 'ok', ...(given === undefined && { value }) });
      return value;
    } catch (error) {
      const outcome = REFUSED.has(error.code) ? 'refused' : 'unknown';
      this.#line({ n, outcome, error: error.code ?? String(error) });
      return undefined;
    }
  }

  get count() {
    return this.#count;
  }

  #line(said) {
    writeSync(this.#file, `${JSON.stringify(said)}\n`);
  }
}
