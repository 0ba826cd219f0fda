// What the pages ask of the API: ONE alova instance on ONE adapter, for all users. The request that is being answered
// decides whose entries they read and write.

import process from 'node:process';
import { createAlova, queryCache } from 'alova';
import adapterFetch from 'alova/fetch';
import { atomize } from 'alova/server';
import { NodeSyncAdapter } from 'psc-native';
import { createRequestScope, createScopedAdapter } from './requests.mjs';
import { cookieOf } from './session.mjs';

/** What belongs to the request that is being answered: `{ session }`. Without a session, to nobody and everybody. */
export const requests = createRequestScope();
const session = () => requests.getStore()?.session;

const cache = createScopedAdapter(NodeSyncAdapter(undefined, process.env.CACHE_ID), session);

const alova = createAlova({
  id: 'shop',
  baseURL: process.env.API_URL,
  requestAdapter: adapterFetch(),
  l1Cache: cache,
  // Where atomize looks for the locker.
  l2Cache: cache,
  // By default, who asks for what alova is already fetching gets the same answer, even if it is for another user: alova
  // compares URLs, and cannot know of the cookie. Locks do it here instead, across all workers, for each user apart.
  shareRequest: false,
  beforeRequest(method) {
    if (session()) method.config.headers.cookie = cookieOf(session());
  },
  async responded(response) {
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
    return response.json();
  },
  cacheLogger: false,
});

/** What the cache has; else what the API answers. Of all who ask at once, in all workers, one fetches. */
async function once(method) {
  const channel = `${session() ?? ''} ${method.key}`;
  return (await queryCache(method)) ?? atomize(method, { channel });
}

/** Asks as nobody: with no cookie, and for the part of the cache that all users share. */
const asNobody = (ask) => requests.run({}, ask);

export const api = {
  user: () => once(alova.Get('/user')),
  orders: () => once(alova.Get('/orders')),
  products: () => asNobody(() => once(alova.Get('/products'))),
  product: (id) => asNobody(() => once(alova.Get(`/products/${id}`))),
};
