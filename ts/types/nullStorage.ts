/** What alova's `createEventManager()` makes, as far as a storage needs one. */
export interface CacheEmitter {
  /** Calls the handler at each `emit` of this type. Returns what stops that. */
  on(type: string, handler: (event: never) => void): () => void;
  /** Stops calling a handler, or all of this type. alova's type has it return a function; this one does nothing. */
  off(type: string, handler?: (event: never) => void): () => void;
  /** Calls the handlers of this type, and returns what they return. */
  emit(type: string, event: unknown): unknown[];
  /** The handlers, by type. */
  readonly eventMap: Readonly<Record<string, never>>;
}

/** What `createNullStorage` returns: alova's storage adapter that keeps nothing. */
export interface NullStorage {
  /** Keeps nothing. */
  set(key: string, value: unknown): void;
  /** Always a miss. */
  get<T>(key: string): T | undefined;
  /** Does nothing. */
  remove(key: string): void;
  /** Does nothing. */
  clear(): void;
  /** As alova's own storages have one. Nothing here emits: there is nothing to tell. */
  readonly emitter: CacheEmitter;
}
