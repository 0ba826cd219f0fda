// The package root as bundlers see it that build for a page or a preload script (condition `browser`): what works there,
// and for the rest an error that says where it does.

import { PSCError } from './errors';

export { createPSCAdapter, createSyncAdapter, PSCAdapter } from './adapter';
export { serveRenderer } from './electron/door';
export { ElectronSyncAdapter } from './electron/preload';
export { PSCError } from './errors';
export { AlovaIPCID } from './ipcId';
export { ExplicitCacheAdapter } from './storage/explicit';
export { createNullStorage } from './storage/null';

const nativeOnly = (name: string, remedy: string) => (): never => {
  const message =
    `\`${name}\` needs Node, and this copy of psc-native was bundled for a page or a preload script. ` +
    `${remedy} See docs/electron.md.`;
  throw new PSCError('ERR_PSC_NATIVE_UNAVAILABLE', message);
};

const IN_MAIN = 'Call it in the main process, where `psc-native` is not bundled but external.';

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const createElectronPSCSynchronizer = nativeOnly('createElectronPSCSynchronizer', IN_MAIN);

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const createMemoryStorage = nativeOnly(
  'createMemoryStorage',
  'Leave the storage out: a mirror keeps its entries in memory, within `memoBytes`.',
);

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const createNodePSCSynchronizer = nativeOnly('createNodePSCSynchronizer', IN_MAIN);

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const createPSCSynchronizer = nativeOnly('createPSCSynchronizer', IN_MAIN);

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const createRequestScope = nativeOnly(
  'createRequestScope',
  'It is for servers. A window or page serves one user: give `scope` as a string, or as a function of your own.',
);

/** Throws `ERR_PSC_NATIVE_UNAVAILABLE`. */
export const NodeSyncAdapter = nativeOnly(
  'NodeSyncAdapter',
  'Use `ElectronSyncAdapter(ipcRenderer)` of `psc-native/preload` in a preload script, and `RendererSyncAdapter()` of ' +
    '`psc-native/renderer` in a page.',
);
