import type { StorageAdapter } from '../../ts/types';

/** A storage whose operations end later, in turns of the event loop. */
export class AsyncStorage implements StorageAdapter {
  readonly entries = new Map<string, unknown>();
  /** Operations under way; more than one would mean that their order is left to chance. */
  running = 0;
  mostRunning = 0;

  async #later(operation: () => void): Promise<void> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    await Promise.resolve();
    await Promise.resolve();
    operation();
    this.running -= 1;
  }

  set(key: string, value: unknown): Promise<void> {
    return this.#later(() => this.entries.set(key, value));
  }

  async get<T>(key: string): Promise<T | undefined> {
    await Promise.resolve();
    return this.entries.get(key) as T | undefined;
  }

  remove(key: string): Promise<void> {
    return this.#later(() => this.entries.delete(key));
  }

  clear(): Promise<void> {
    return this.#later(() => this.entries.clear());
  }
}
