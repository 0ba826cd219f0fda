import { PSCError } from '../errors';
import type { NativeScoped } from '../native';
import { fromNative, isRetired } from './errors';

/** Most writes that wait, and most bytes of their values. */
const MAX_WRITES = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** A write that waits: for the region to be joined, or for the writer's turn. */
export type Write = { readonly session: string } & (
  | {
      readonly type: 'set';
      readonly key: string;
      readonly encoded: string | Uint8Array;
      readonly ttl: number;
    }
  | { readonly type: 'remove'; readonly key: string }
  | { readonly type: 'clear' }
  | WaitingChange
);

/** A compare-and-swap that waits: what it makes of the entry is known only when it is its turn. */
export interface WaitingChange {
  readonly type: 'change';
  readonly key: string;
  /** What this process reads meanwhile; undefined if that is what it reads anyway. */
  readonly seen: Overlay | undefined;
  /** Does it. Rejects with what went wrong. */
  run(): Promise<void>;
}

interface Waiting {
  readonly write: Write;
  /** When it was made, on the monotonic clock: its time to live runs from there. */
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a waiting write says about a key: its encoded value, or null if there is none. */
export type Overlay = string | Uint8Array | null;

function textOf(write: Write): Overlay | undefined {
  if (write.type === 'set') return write.encoded;
  return write.type === 'change' ? write.seen : undefined;
}

/**
 * Writes that wait, in order, and what this process reads meanwhile: its own writes (R15, R24). Empty nearly always.
 */
export class Backlog {
  private queue: Waiting[] = [];
  private readonly latest = new Map<string, Waiting>();
  private lastClear: Waiting | undefined;
  private bytes = 0;
  private running = false;

  /**
   * @param scoped - The entries to write to, in a session; undefined until the region is joined, when `advance` is called
   *   again.
   * @param retired - The region was replaced.
   */
  constructor(
    private readonly scoped: (session: string) => NativeScoped | undefined,
    private readonly retired: () => void,
  ) {}

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.queue.length === 0;
  }

  /** What this process has written to a key and not settled; undefined if nothing. */
  overlay(key: string): Overlay | undefined {
    const write = this.latest.get(key)?.write;
    if (write === undefined) return this.lastClear === undefined ? undefined : null;
    return textOf(write) ?? null;
  }

  /** Lets a write wait. Rejects with `ERR_PSC_QUEUE_FULL` if too many do. */
  add(write: Write): Promise<void> {
    const bytes = textOf(write)?.length ?? 0;
    if (this.queue.length >= MAX_WRITES || this.bytes + bytes > MAX_BYTES) {
      const message =
        `${this.queue.length} writes of ${this.bytes} bytes wait for the cache, the most that may. ` +
        'Start a synchronizer, or await your writes.';
      return Promise.reject(new PSCError('ERR_PSC_QUEUE_FULL', message));
    }
    return new Promise<void>((resolve, reject) => {
      const waiting: Waiting = { write, since: performance.now(), resolve, reject };
      this.queue.push(waiting);
      this.bytes += bytes;
      if (write.type === 'clear') {
        this.latest.clear();
        this.lastClear = waiting;
      } else if (write.type !== 'change' || write.seen !== undefined) {
        this.latest.set(write.key, waiting);
      }
      this.advance();
    });
  }

  /** Writes what waits, one after the other, if there is a region to write to. */
  advance(): void {
    if (!this.running) void this.run();
  }

  /** Rejects everything that waits. */
  close(error: PSCError): void {
    const queue = this.queue;
    this.queue = [];
    this.latest.clear();
    this.lastClear = undefined;
    this.bytes = 0;
    for (const waiting of queue) waiting.reject(error);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      for (;;) {
        const waiting = this.queue[0];
        if (waiting === undefined) return;
        let error: unknown;
        try {
          const scoped = this.scoped(waiting.write.session);
          if (scoped === undefined) return;
          error = await this.attempt(scoped, waiting);
        } catch (fault) {
          error = fault;
        }
        if (isRetired(error)) {
          this.retired();
          continue;
        }
        this.settle(waiting, error);
      }
    } finally {
      this.running = false;
    }
  }

  private async attempt(scoped: NativeScoped, { write, since }: Waiting): Promise<unknown> {
    try {
      const failure = await (() => {
        if (write.type === 'clear') return scoped.clearLater();
        if (write.type === 'remove') return scoped.removeLater(write.key);
        if (write.type === 'change') return write.run().then(() => undefined);
        const ttl = Math.max(0, write.ttl - (performance.now() - since));
        return scoped.setLater(write.key, write.encoded, ttl);
      })();
      return (
        failure && fromNative(Object.assign(new Error(failure.message), { code: failure.code }))
      );
    } catch (error) {
      return fromNative(error);
    }
  }

  private settle(waiting: Waiting, error: unknown): void {
    // Closed meanwhile: it was rejected with the others.
    if (this.queue[0] !== waiting) return;
    this.queue.shift();
    const { write } = waiting;
    this.bytes -= textOf(write)?.length ?? 0;
    if (this.lastClear === waiting) this.lastClear = undefined;
    if (write.type !== 'clear' && this.latest.get(write.key) === waiting)
      this.latest.delete(write.key);
    if (error === undefined || error === null) waiting.resolve();
    else waiting.reject(error);
  }
}
