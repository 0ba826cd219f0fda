// psc-native and @alova/psc have the same exports, so that one program can run with either.

import { loadPeer } from './peers.mjs';

/** `'ours'` or `'upstream'`. */
export function library(name) {
  return name === 'ours' ? import('../dist/index.mjs') : loadPeer('@alova/psc');
}
