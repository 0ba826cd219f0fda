// What every alova application has: an instance, and methods. Only its cache is one that all windows share.

import { createAlova, invalidateCache, queryCache } from 'alova';
import adapterFetch from 'alova/fetch';
import { me, origin } from './me.mjs';
import { sourceOf } from './source.mjs';

const alova = createAlova({
  // Instances share what they cache if they have the same id.
  id: 'articles',
  baseURL: origin,
  requestAdapter: adapterFetch(),
  l1Cache: window.pscAdapter,
  cacheLogger: false,
  async responded(response) {
    const article = await response.json();
    if (!response.ok) throw new Error(article.error);
    // Cached along with the article, so that whoever reads it can tell whose it was.
    return { ...article, fetchedBy: me };
  },
});

const article = (id) => alova.Get(`/articles/${id}`);

/** Fetches an article, from wherever it is. */
export async function fetchArticle(id) {
  const method = article(id);
  const start = performance.now();
  const { title, fetchedBy } = await method;
  const ms = performance.now() - start;
  return { id, title, ms, source: sourceOf(method.fromCache, fetchedBy) };
}

/** The article, if it is cached; asks nobody. */
export const cachedArticle = (id) => queryCache(article(id));

/** Forgets an article, in all windows. */
export const invalidate = (id) => invalidateCache(article(id));

/** Forgets everything, in all windows. */
export const clear = () => invalidateCache();
