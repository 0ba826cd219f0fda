// The entry `psc-native/preload`: bundled into one file without dependencies, for sandboxed preload scripts.

export { createPSCAdapter, createSyncAdapter, PSCAdapter } from './adapter';
export type { IpcRenderer } from './electron/channels';
export { serveRenderer } from './electron/door';
export { ElectronSyncAdapter } from './electron/preload';
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
