import type { CacheEmitter, NullStorage } from '../types';

type Handler = (event: never) => unknown;

/** As alova's `createEventManager()`, which would be a dependency. */
function createEmitter(): CacheEmitter {
  const handlers: Record<string, Handler[]> = Object.create(null);
  const off = (type: string, handler?: Handler): (() => void) => {
    const at = handler === undefined ? -1 : (handlers[type]?.indexOf(handler) ?? -1);
    if (handler === undefined) delete handlers[type];
    else if (at >= 0) handlers[type]?.splice(at, 1);
    return () => {};
  };
  return {
    on(type, handler) {
      handlers[type] ??= [];
      handlers[type]?.push(handler);
      return () => void off(type, handler);
    },
    off,
    emit: (type, event) => [...(handlers[type] ?? [])].map((handler) => handler(event as never)),
    // What alova calls it. Its functions are for events that only the caller knows.
    eventMap: handlers as unknown as CacheEmitter['eventMap'],
  };
}

/**
 * Creates a storage that keeps nothing: for `l1Cache` and `l2Cache` where responses are not to be cached at all. It costs
 * next to nothing to make, and holds nothing.
 */
export function createNullStorage(): NullStorage {
  return {
    set: () => {},
    get: () => undefined,
    remove: () => {},
    clear: () => {},
    emitter: createEmitter(),
  };
}
