/**
 * What storages and adapters have to do, as lists of cases for whatever runs tests: each has a `title`, and a `run` that
 * rejects with what does not hold.
 *
 * @example
 * ```ts
 * import test from 'node:test';
 * import { storageCases } from 'psc-native/conformance';
 * for (const { title, run } of storageCases) test(title, () => run(() => new MyStorage()));
 * ```
 */
export type { ConformanceCase } from './check';
export { expiryCases, type MakeExpiring } from './expiry';
export { type MakeSharing, sharingCases } from './sharing';
export { type MakeStorage, storageCases } from './storage';
