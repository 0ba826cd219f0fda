import { invalidOption } from '../checks';
import type { PSCChange, PSCChangeType } from '../types';

type Listener = (change: PSCChange) => unknown;

const TYPES: readonly PSCChangeType[] = ['set', 'remove', 'clear', 'evict', 'expire', 'lost'];

const ignore = (): void => {};

/** Who listens to the changes of one scope. */
export class Listeners {
  readonly #byType = new Map<PSCChangeType, Set<{ readonly listener: Listener }>>();

  /** Whether nobody does. */
  get isEmpty(): boolean {
    return this.#byType.size === 0;
  }

  /** Tells a listener from now on. Returns what ends that. Throws `ERR_PSC_INVALID_OPTION`. */
  add(type: PSCChangeType, listener: Listener): () => void {
    if (!TYPES.includes(type))
      throw invalidOption('type', type, `Give one of ${TYPES.join(', ')}.`);
    if (typeof listener !== 'function') {
      throw invalidOption('listener', listener, 'Give a function.');
    }
    const added = { listener };
    const others = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, others.add(added));
    return () => {
      others.delete(added);
      if (others.size === 0 && this.#byType.get(type) === others) this.#byType.delete(type);
    };
  }

  /** Tells a change to those who listen to its type. What they throw is nobody else's fault. */
  tell(change: PSCChange): void {
    for (const { listener } of [...(this.#byType.get(change.type) ?? [])]) {
      try {
        const result = listener(change);
        if (result instanceof Promise) result.catch(ignore);
      } catch {
        // A listener's fault is not the other listeners', nor the cache's.
      }
    }
  }

  /** Nobody listens any more. */
  clear(): void {
    this.#byType.clear();
  }
}
