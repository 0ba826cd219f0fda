import { isTextReader } from '../mirror/carried';
import type { SharedEventHandler } from '../types';
import { type Told, unpack } from './wire';

/** Who listens to the transport of a window. */
export class Handlers {
  readonly #handlers: SharedEventHandler[] = [];
  /** Whether one of them may look at the value of an event. */
  #showsValue = false;

  /** Takes one in. Returns whether it is the first. */
  add(handler: SharedEventHandler): boolean {
    this.#showsValue ||= !isTextReader(handler);
    return this.#handlers.push(handler) === 1;
  }

  /** Hands an event to all of them. */
  take(told: Told): void {
    const event = unpack(told, this.#showsValue);
    for (const handler of this.#handlers) void handler(event);
  }
}
