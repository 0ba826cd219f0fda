import type { StorageAdapter } from '../types';

/**
 * An unbounded storage in memory that shows what it holds. It never expires or evicts: meant for tests, and for
 * those who used it with `@alova/psc`.
 */
export class ExplicitCacheAdapter implements StorageAdapter {
  // A Map, so that `__proto__` is a key like any other.
  protected readonly cache = new Map<string, unknown>();

  /** Keeps a value. */
  set(key: string, value: unknown): void {
    this.cache.set(key, value);
  }

  /** The value, the same object each time; undefined for a miss. */
  get<T>(key: string): T | undefined {
    return this.cache.get(key) as T | undefined;
  }

  /** Forgets a key. */
  remove(key: string): void {
    this.cache.delete(key);
  }

  /** Forgets all keys. */
  clear(): void {
    this.cache.clear();
  }

  /** All keys and values as a plain record of its own: changing it changes nothing here. */
  getCache(): Record<string, unknown> {
    return Object.fromEntries(this.cache);
  }
}
