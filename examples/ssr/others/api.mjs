// The API, as both of the other ways ask it.

import process from 'node:process';
import { cookieOf } from '../app/session.mjs';

const { default: adapterFetch } = await import(`${process.env.ALOVA ?? 'alova'}/fetch`);

/** An alova instance and what it asks, for the session that a function tells. */
export function apiOf(createAlova, session, options) {
  const alova = createAlova({
    baseURL: process.env.API_URL,
    requestAdapter: adapterFetch(),
    beforeRequest(method) {
      if (session()) method.config.headers.cookie = cookieOf(session());
    },
    async responded(response) {
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
      return response.json();
    },
    cacheLogger: false,
    ...options,
  });
  return {
    user: () => alova.Get('/user'),
    orders: () => alova.Get('/orders'),
    products: () => alova.Get('/products'),
    product: (id) => alova.Get(`/products/${id}`),
  };
}
