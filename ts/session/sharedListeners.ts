/**
 * Listens to emitters that are not ours, once for all who want to know: many channels on one process, or sessions on one
 * signal, are no leak, and Node is not to warn of one.
 */

type Listener = (...args: unknown[]) => void;

/** One listener at an emitter, and whom it tells, in the order in which they came. */
interface Shared {
  readonly all: Set<Listener>;
  readonly first: Listener;
}

const emitters = new WeakMap<object, Map<string, Shared>>();

/** The emitter's own ways. */
interface Ways {
  add(event: string, listener: Listener): void;
  remove(event: string, listener: Listener): void;
}

/** Has a listener told. Returns what ends that. */
function share(emitter: object, event: string, listener: Listener, ways: Ways): () => void {
  let events = emitters.get(emitter);
  if (events === undefined) {
    events = new Map();
    emitters.set(emitter, events);
  }
  let shared = events.get(event);
  if (shared === undefined) {
    const all = new Set<Listener>();
    const first = (...args: unknown[]) => {
      // As an emitter does it: who is taken off meanwhile is told, and who comes meanwhile is not.
      for (const each of [...all]) each(...args);
    };
    shared = { all, first };
    events.set(event, shared);
    ways.add(event, first);
  }
  const { all, first } = shared;
  // Whoever listens twice is told twice.
  const mine: Listener = (...args) => listener(...args);
  all.add(mine);
  const inEvents = events;
  return () => {
    if (!all.delete(mine) || all.size > 0) return;
    inEvents.delete(event);
    ways.remove(event, first);
  };
}

/** What of event emitters is used. Some have `off`, some `removeListener`, some neither. */
interface Emitter {
  on(event: string, listener: Listener): unknown;
  off?(event: string, listener: Listener): unknown;
  removeListener?(event: string, listener: Listener): unknown;
}

/** Listens to an event of an emitter, beside others. Returns what ends that. */
export function listenTo(emitter: object, event: string, listener: Listener): () => void {
  const target = emitter as Emitter;
  return share(emitter, event, listener, {
    add: (name, first) => void target.on(name, first),
    remove: (name, first) => void (target.off ?? target.removeListener)?.call(target, name, first),
  });
}

/** Listens to the abortion of a signal, beside others. Returns what ends that. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  return share(signal, 'abort', listener, {
    add: (name, first) => signal.addEventListener(name, first),
    remove: (name, first) => signal.removeEventListener(name, first),
  });
}
