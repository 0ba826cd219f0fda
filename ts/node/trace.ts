import { debuglog } from 'node:util';

/** Says what happens, under `NODE_DEBUG=psc`. */
export const trace = debuglog('psc');
