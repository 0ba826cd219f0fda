import { createMirror } from '../../ts/mirror/create';
import type {
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  SharedCacheEvent,
  StorageAdapter,
  SyncAdapter,
} from '../../ts/types';
import { ManualRuntime } from './manualRuntime';

/** The other side of one mirror, which says what the test wants. */
export class ScriptedPeer {
  readonly runtime = new ManualRuntime();
  readonly sent: SharedCacheEvent[] = [];
  receives = 0;
  /** Whether `send` throws. */
  down = false;
  #handler: ((event: SharedCacheEvent) => void) | undefined;

  readonly syncAdapter: SyncAdapter = {
    send: (event) => {
      if (this.down) throw new Error('not connected');
      this.sent.push(event);
    },
    receive: (handler) => {
      this.receives += 1;
      this.#handler = (event) => void handler(event);
    },
  };

  mirror(
    options: ProcessSharedCacheAdapterOptions = {},
    storage?: StorageAdapter,
  ): PSCStorageAdapter {
    return createMirror(this.syncAdapter, storage, options, this.runtime);
  }

  /** A mirror that has joined an order at position 1. */
  joined(options?: ProcessSharedCacheAdapterOptions, storage?: StorageAdapter): PSCStorageAdapter {
    const mirror = this.mirror(options, storage);
    const scope = options?.scope as string | undefined;
    this.tell({ scope, type: 'init', value: '{}', seq: 1, to: this.id });
    return mirror;
  }

  /** The id of the mirror that sent last. */
  get id(): string {
    return this.sent[this.sent.length - 1]?.senderID ?? '';
  }

  /** The number of the first, second, … write that was sent; 0 if it was not. */
  number(nth: number): number {
    return this.sent.filter(({ type }) => type !== 'init')[nth - 1]?.write ?? 0;
  }

  /** What settles writes up to the first, second, … one. */
  ack(nth: number): Record<string, number> {
    return { [this.id]: this.number(nth) };
  }

  /** The types of what was sent. */
  get types(): string[] {
    return this.sent.map(({ type }) => type);
  }

  tell(event: Partial<SharedCacheEvent> & Pick<SharedCacheEvent, 'type'>): void {
    this.#handler?.({ senderID: '', key: '', ...event });
  }
}
