import type { SharedCacheEvent } from './event';

/** Takes an event, and, where the transport can answer the sender alone, a function that does. */
export type SharedEventHandler = (
  event: SharedCacheEvent,
  replyFn?: (event: SharedCacheEvent) => void | Promise<void>,
) => void | Promise<void>;

/**
 * A transport between mirrors and the synchronizer. Events may arrive more than once and overtake each other: they are
 * put in order at either end. What comes more than a second after what was sent later counts as lost, and a write in it
 * rejects with `ERR_PSC_OUT_OF_ORDER`. The sender's own events may or may not come back to it. A transport that strips
 * fields which `@alova/psc` does not know has to keep the order.
 */
export interface SyncAdapter {
  /**
   * Sends an event to the other side. One that throws has not sent it: the mirror sends it again, in order, later.
   */
  send(event: SharedCacheEvent): void | Promise<void>;
  /** Registers the receiver of the other side's events. Called once per sync adapter, however many adapters use it. */
  receive(handler: SharedEventHandler): void;
  /** Resolves when the transport is connected. Events sent before are the transport's to keep. */
  ready?: Promise<void> | undefined;
}
