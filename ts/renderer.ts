// The entry `psc-native/renderer`: an ES module without dependencies, for a page's own world.

export { createPSCAdapter, createSyncAdapter, PSCAdapter } from './adapter';
export { RendererSyncAdapter } from './electron/renderer';
export { PSCError, type PSCErrorCode } from './errors';
export { ExplicitCacheAdapter } from './storage/explicit';
export type {
  ProcessSharedCacheAdapterOptions,
  PSCAdapterStats,
  PSCChange,
  PSCChangeType,
  PSCStorageAdapter,
  SharedCacheEvent,
  SharedEventHandler,
  StorageAdapter,
  SyncAdapter,
  ValueCodec,
} from './types';
