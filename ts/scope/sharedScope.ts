import { disposable } from '../disposable';
import type { GetOrSetOptions, PSCStorageAdapter } from '../types';

/** alova's records of hit sources: they name other keys, and it changes them in place before it sets them. */
const BOOKKEEPING = /^(?:hss\.|hsr\.|\$\$hsrs$)/;

/** An adapter that reads a shared scope where its own has nothing. Writes go to its own. */
export function above(own: PSCStorageAdapter, shared: PSCStorageAdapter): PSCStorageAdapter {
  const beneath = <T>(key: string, value: T | undefined): T | undefined =>
    value === undefined && !BOOKKEEPING.test(key) ? shared.get<T>(key) : value;
  // All but what has a symbol for a name, which is made anew.
  const properties = Object.entries(Object.getOwnPropertyDescriptors(own));
  const adapter = Object.defineProperties({}, Object.fromEntries(properties)) as PSCStorageAdapter;
  const read: PSCStorageAdapter['get'] = <T>(key: string) => {
    const value = own.get<T>(key);
    // The promise of a user's own storage.
    if (value instanceof Promise) {
      return value.then((found: T | undefined) => beneath(key, found)) as unknown as T;
    }
    return beneath(key, value);
  };
  const overriding: Pick<PSCStorageAdapter, 'get' | 'getOrSet' | 'close'> = {
    get: read,
    getOrSet: <T>(key: string, factory: () => T | Promise<T>, options?: GetOrSetOptions) => {
      const compute = () => own.getOrSet(key, factory, options);
      let found: T | undefined;
      try {
        found = read<T>(key);
      } catch {
        // What is wrong with the call, it says itself.
        return compute();
      }
      // At once where it can be, as the scope may be another one later.
      if (!(found instanceof Promise))
        return found === undefined ? compute() : Promise.resolve(found);
      const settled: Promise<T> = found.then((later) => (later === undefined ? compute() : later));
      settled.catch(() => {});
      return settled;
    },
    close() {
      own.close();
      shared.close();
    },
  };
  return disposable(Object.assign(adapter, overriding));
}
