// One token for all workers. When it has expired, each of them is refused, often several times at once: one refresh
// happens, and everyone who was refused asks again with what came of it.

import { createAlova } from 'alova';
import adapterFetch from 'alova/fetch';

/**
 * An alova instance that keeps its token in a cache which all workers share.
 *
 * @param cache - What `createPSCAdapter` returned.
 * @param fetchToken - Asks the authorization server for a token.
 */
export function createApi(cache, { baseURL, fetchToken }) {
  /** The token that holds. Of all who find none, in all workers, one fetches it. */
  const currentToken = () => cache.getOrSet('token', fetchToken);

  /** Replaces a token that was refused, unless somebody has done so already. */
  async function renew(refused) {
    await cache.update('token', (token) => (token === refused ? undefined : token));
    await currentToken();
  }

  /** Sends a request once more. What comes is transformed where it was asked for first. */
  function repeat(method) {
    method.meta = { ...method.meta, isRepeated: true };
    method.config.transform = undefined;
    return method.send(true);
  }

  return createAlova({
    baseURL,
    requestAdapter: adapterFetch(),
    l1Cache: cache,
    async beforeRequest(method) {
      const token = await currentToken();
      method.config.headers.authorization = `Bearer ${token}`;
      method.meta = { ...method.meta, token };
    },
    async responded(response, method) {
      const { token, isRepeated } = method.meta;
      // Who is refused with a new token is not helped by another.
      if (response.status === 401 && !isRepeated) {
        await renew(token);
        return repeat(method);
      }
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
      return response.json();
    },
    cacheLogger: false,
  });
}
