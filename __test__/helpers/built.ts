import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Native from '../../native/native';
import type * as Conformance from '../../ts/conformance/index';
import type * as Public from '../../ts/index';

const load = createRequire(__filename);

/** The package as users get it. */
export const psc = load('../../dist/index.js') as typeof Public;

/** The suites for storages and adapters. */
export const conformance = load('../../dist/conformance/index.js') as typeof Conformance;

/** The native binding under it, for what only tests ask: the region's file and its invariants. */
export const native = load('../../native/native.cjs') as typeof Native;

/** The binary that has failpoints. */
export const FAILPOINTS_BINARY = join(__dirname, '../../native-failpoints/psc-native.node');

/** The name of the region with an explicit id. */
export const { nameOfId } = load('../../dist/node/names.js') as { nameOfId(id: string): string };
