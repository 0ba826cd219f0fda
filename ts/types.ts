/** The public types, one file for each thing they are about. */
export type { IncrementOptions, PSCAtomics } from './types/atomic';
export type { PSCChange, PSCChanges, PSCChangeType } from './types/changes';
export type { ElectronLimits } from './types/electronLimits';
export type { SharedCacheEvent } from './types/event';
export type { GetOrSetOptions, PSCFlights } from './types/flight';
export type { PSCLocker, PSCLocking } from './types/locker';
export type {
  MemoryStorage,
  MemoryStorageOptions,
  MemoryStorageStats,
} from './types/memoryStorage';
export type { CacheEmitter, NullStorage } from './types/nullStorage';
export type { ProcessSharedCacheAdapterOptions, ValueCodec } from './types/options';
export type {
  AlovaMethodLike,
  FastifyLike,
  FastifyRequestOptions,
  FastifyRequestPlugin,
  RequestLike,
  RequestMiddleware,
  RequestScope,
  RequestScopeOptions,
} from './types/requestScope';
export type {
  PSCAdapterStats,
  PSCReadStats,
  PSCScopeStats,
  PSCStatistics,
  PSCTotalStats,
} from './types/stats';
export type { PSCStorageAdapter, StorageAdapter } from './types/storage';
export type {
  NodePSCSynchronizerOptions,
  PSCAdmission,
  PSCSynchronizer,
  PSCSynchronizerOptions,
  PSCSynchronizerStats,
} from './types/synchronizer';
export type { SharedEventHandler, SyncAdapter } from './types/transport';
