import { deserialize, serialize } from 'node:v8';
import { type Encoding, safeEncoding } from './codec';
import { findLostByClone } from './lossless';

/**
 * The codec `'structured'`: Date, Map, Set, BigInt, typed arrays, undefined and cycles survive. In a file of its own,
 * because it needs Node: only native processes load it.
 */
export const structuredEncoding: Encoding = safeEncoding(
  'structured',
  {
    encode: (value) => serialize(value),
    decode: (encoded) => deserialize(encoded as Uint8Array),
  },
  findLostByClone,
);
