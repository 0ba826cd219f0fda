import { PSCError } from '../errors';
import type { MergingEntries } from '../hitSource/hitSources';
import type { Swaps } from './swaps';
import type { Values } from './values';

type Entries = Pick<MergingEntries, 'get' | 'set' | 'remove'>;

/** What a mirror reads of a key while a merge of its own is under way. */
interface Seen {
  readonly value: unknown;
}

/**
 * How a mirror merges alova's bookkeeping: one after the other, so that others meet the list of regexps after what it leads
 * to. Where the synchronizer does not know of swaps, it is written as it is, as `@alova/psc` does.
 */
export class MirrorMerges implements MergingEntries {
  readonly get: Entries['get'];
  readonly set: Entries['set'];
  readonly remove: Entries['remove'];
  readonly #swaps: Swaps;
  readonly #values: Values;
  readonly #seen = new Map<string, Seen>();
  #last: Promise<unknown> = Promise.resolve();

  constructor({ get, set, remove }: Entries, swaps: Swaps, values: Values) {
    this.get = get;
    this.set = set;
    this.remove = remove;
    this.#swaps = swaps;
    this.#values = values;
  }

  readonly read = (key: string): unknown => {
    const seen = this.#seen.get(key);
    return this.#values.copy(key, seen === undefined ? this.get(key) : seen.value);
  };

  readonly merge: MergingEntries['merge'] = (key, merge, value) => {
    const ttl = this.#values.ttl ?? Number.POSITIVE_INFINITY;
    const seen = { value: this.#values.copy(key, value) };
    this.#seen.set(key, seen);
    const session = this.#values.session();
    const make = async (current: unknown) => {
      const suspects = merge.suspects(current);
      const there = await Promise.all(suspects.map((suspect) => this.#swaps.has(suspect)));
      const isThere = (suspect: string) => there[suspects.indexOf(suspect)] === true;
      return { value: merge.result(current, isThere), ttl };
    };
    const merged = this.#last
      .then(() => this.#swaps.make(key, make, session))
      .catch((error) => {
        if (!isUnanswered(error)) throw error;
        return seen.value === undefined ? this.remove(key) : this.set(key, seen.value);
      });
    const done = () => {
      if (this.#seen.get(key) === seen) this.#seen.delete(key);
    };
    this.#last = merged.then(done, done);
    const settled = merged.then(() => {});
    settled.catch(() => {});
    return settled;
  };
}

/** Nobody is there who could merge, or could say so. */
function isUnanswered(error: unknown): boolean {
  return (
    error instanceof PSCError &&
    (error.code === 'ERR_PSC_UNSUPPORTED' || error.code === 'ERR_PSC_TIMEOUT')
  );
}
