export { createPSCAdapter, createSyncAdapter, PSCAdapter } from './adapter';
export type { IpcMain, IpcMainEvent, IpcRenderer, IpcSender } from './electron/channels';
export { createElectronPSCSynchronizer } from './electron/main';
export { ElectronSyncAdapter } from './electron/preload';
export { PSCError, type PSCErrorCode } from './errors';
export {
  AlovaIPCID,
  createNodePSCSynchronizer,
  NodeSyncAdapter,
  type StopSynchronizer,
} from './node';
export { ExplicitCacheAdapter } from './storage/explicit';
export { createPSCSynchronizer } from './synchronizer';
export type {
  NodePSCSynchronizerOptions,
  ProcessSharedCacheAdapterOptions,
  PSCStorageAdapter,
  PSCSynchronizer,
  PSCSynchronizerOptions,
  PSCSynchronizerStats,
  SharedCacheEvent,
  SharedEventHandler,
  StorageAdapter,
  SyncAdapter,
  ValueCodec,
} from './types';
