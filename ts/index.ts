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
export { ExplicitCacheAdapter } from './storage/explicit';
export { createPSCSynchronizer } from './synchronizer';
export type {
  ElectronLimits,
  GetOrSetOptions,
  NodePSCSynchronizerOptions,
  ProcessSharedCacheAdapterOptions,
  PSCFlights,
  PSCLocker,
  PSCLocking,
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
