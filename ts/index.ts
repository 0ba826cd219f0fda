import './node/asyncContexts';

export { createPSCAdapter, createSyncAdapter, PSCAdapter } from './adapter';
export type {
  ElectronSession,
  Frame,
  IpcMain,
  IpcMainEvent,
  IpcRenderer,
  IpcSender,
} from './electron/channels';
export { serveRenderer } from './electron/door';
export {
  createElectronPSCSynchronizer,
  type ElectronPSCSynchronizer,
  type ElectronPSCSynchronizerOptions,
} from './electron/main';
export type { Allow, ElectronAccess } from './electron/party';
export { ElectronSyncAdapter } from './electron/preload';
export type { ElectronPSCSynchronizerStats } from './electron/reception';
export { PSCError, type PSCErrorCode } from './errors';
export { AlovaIPCID } from './ipcId';
export {
  createNodePSCSynchronizer,
  NodeSyncAdapter,
  type StopSynchronizer,
} from './node';
export { createRequestScope } from './node/requestScope';
export { ExplicitCacheAdapter } from './storage/explicit';
export { createMemoryStorage } from './storage/memory';
export { createNullStorage } from './storage/null';
export { createPSCSynchronizer } from './synchronizer';
export type {
  AlovaMethodLike,
  CacheEmitter,
  ElectronLimits,
  FastifyLike,
  FastifyRequestOptions,
  FastifyRequestPlugin,
  GetOrSetOptions,
  IncrementOptions,
  MemoryStorage,
  MemoryStorageOptions,
  MemoryStorageStats,
  NodePSCSynchronizerOptions,
  NullStorage,
  ProcessSharedCacheAdapterOptions,
  PSCAdapterStats,
  PSCAdmission,
  PSCAtomics,
  PSCChange,
  PSCChanges,
  PSCChangeType,
  PSCFlights,
  PSCLocker,
  PSCLocking,
  PSCReadStats,
  PSCScopeStats,
  PSCStatistics,
  PSCStorageAdapter,
  PSCSynchronizer,
  PSCSynchronizerOptions,
  PSCSynchronizerStats,
  PSCTotalStats,
  RequestLike,
  RequestMiddleware,
  RequestScope,
  RequestScopeOptions,
  SharedCacheEvent,
  SharedEventHandler,
  StorageAdapter,
  SyncAdapter,
  ValueCodec,
} from './types';
