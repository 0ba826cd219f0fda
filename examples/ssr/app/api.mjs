// What the pages ask of the API: ONE alova instance on ONE adapter, for all users. The request that is being answered
// decides whose entries they read and write.

import process from 'node:process';
import { createAlova, queryCache } from 'alova';
import adapterFetch from 'alova/fetch';
import { atomize } from 'alova/server';
import { createPSCAdapter, createRequestScope, NodeSyncAdapter } from 'psc-native';
import { cookieOf, sessionOf } from './session.mjs';

/** What comes with the request that is being answered: `{ session, scope }`. */
export const requests = createRequestScope({ scope: ({ scope }) => scope });

/** Whose request it is. Nobody can name a session such that its scope is another one. */
export function visitorOf(request) {
  const session = sessionOf(request);
  return { session, scope: session === undefined ? 'visitors' : `session ${session}` };
}

/** What is the same for all: asked for without a session, and kept in a scope beneath those of the users. */
const everybody = { scope: 'everybody' };

const cache = createPSCAdapter(NodeSyncAdapter(), undefined, {
  scope: requests.scope,
  sharedScope: everybody.scope,
});

const alova = createAlova({
  id: 'shop',
  baseURL: process.env.API_URL,
  requestAdapter: adapterFetch(),
  l1Cache: cache,
  // Where atomize looks for the locker.
  l2Cache: cache,
  beforeRequest: requests.beforeRequest((method, { session }) => {
    if (session !== undefined) method.config.headers.cookie = cookieOf(session);
  }),
  async responded(response) {
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
    return response.json();
  },
  cacheLogger: false,
});

// alova would give up after 5 seconds; on a busy machine a page should rather be late than fail.
const LONGEST_WAIT_MS = 30_000;

/** What the cache has; else what the API answers. Of all who ask at once, in all workers, one fetches. */
async function once(method) {
  const options = { channel: method.key, timeout: LONGEST_WAIT_MS };
  return (await queryCache(method)) ?? atomize(method, options);
}

/** The same for all users at once. */
async function shared(method) {
  return (await queryCache(method)) ?? requests.run(everybody, () => once(method));
}

export const api = {
  user: () => once(alova.Get('/user')),
  orders: () => once(alova.Get('/orders')),
  products: () => shared(alova.Get('/products')),
  product: (id) => shared(alova.Get(`/products/${id}`)),
};
