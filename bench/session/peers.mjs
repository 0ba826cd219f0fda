// What sessions are measured against.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installInto } from '../peers.mjs';

export const SESSION_PEERS = { 'async-call-rpc': '6.4.2', birpc: '4.2.0' };

const folder = join(import.meta.dirname, '..', 'peers', 'session');

export const installSessionPeers = () => installInto(folder, SESSION_PEERS);

/** Imports an installed peer: one of them has no other way in. */
export function loadSessionPeer(name) {
  const { resolve } = createRequire(join(folder, 'package.json'));
  if (name === 'birpc')
    return import(pathToFileURL(join(folder, 'node_modules/birpc/dist/index.mjs')).href);
  return import(pathToFileURL(resolve(name)).href);
}
