import { Listeners } from '../changes/listeners';
import type { PSCChange, SharedCacheEvent } from '../types';

/** Positions remembered, because an event may come twice: by broadcast and by reply. */
const MAX_TOLD = 1024;

/** What a mirror hears, for those who listen to its changes. */
export class Heard {
  /** Who listens. */
  readonly listeners = new Listeners();
  readonly #told = new Set<number>();
  readonly #scope: { readonly scope?: string };

  constructor(scope: string | undefined) {
    this.#scope = scope === undefined ? {} : { scope };
  }

  /** A change has been taken into the mirror. */
  change(event: SharedCacheEvent): void {
    const { type, key, reason, overtaken, seq, pid, session, to } = event;
    if (this.listeners.isEmpty || type === 'init' || type === 'lock' || type === 'unlock') return;
    // An answer tells a state, not a change; and nobody has removed what was overtaken.
    if (to !== undefined || overtaken === true) return;
    if (seq !== undefined && !this.#isNews(seq)) return;
    const change: PSCChange = {
      type: reason ?? type,
      key,
      ...this.#scope,
      ...(pid !== undefined && { pid }),
      ...(session !== undefined && { session }),
      ...(seq !== undefined && { seq }),
    };
    this.listeners.tell(change);
  }

  /** A whole state has come in place of changes. */
  lost(): void {
    this.listeners.tell({ type: 'lost', key: '', ...this.#scope });
  }

  /** Another order is followed from now on: its positions are others. */
  startAnew(): void {
    this.#told.clear();
  }

  #isNews(seq: number): boolean {
    if (this.#told.has(seq)) return false;
    this.#told.add(seq);
    const [oldest] = this.#told;
    if (this.#told.size > MAX_TOLD && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }
}
