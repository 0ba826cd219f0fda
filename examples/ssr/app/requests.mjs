// Stands in for createRequestScope, until that is there.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createPSCAdapter } from 'psc-native';

export const createRequestScope = () => new AsyncLocalStorage();

export function createScopedAdapter(syncAdapter, scopeOf) {
  const adapters = new Map();
  const current = () => {
    const scope = scopeOf();
    if (!adapters.has(scope))
      adapters.set(scope, createPSCAdapter(syncAdapter, undefined, { scope }));
    return adapters.get(scope);
  };
  const held = new Set();
  return {
    get: (key) => current().get(key),
    set: (key, value) => current().set(key, value),
    remove: (key) => current().remove(key),
    clear: () => current().clear(),
    locker: {
      async lock(name) {
        if (held.has(name)) throw new Error('held');
        held.add(name);
      },
      async unlock(name) {
        held.delete(name);
      },
    },
  };
}
