/** A user's storage adapter, as simple as can be. */
export function createStorage() {
  const entries = new Map();
  return {
    entries,
    set: (key, value) => void entries.set(key, value),
    get: (key) => entries.get(key),
    remove: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}
