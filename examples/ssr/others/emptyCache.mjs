// Another way, beside which the demo runs: one alova instance, which caches nothing, and the user in an
// AsyncLocalStorage. Nothing piles up. But alova still gives one answer to all who ask for the same URL at once.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createAlova } from 'alova';
import { sessionOf } from '../app/session.mjs';
import { apiOf } from './api.mjs';
import { serve } from './serve.mjs';

const emptyCache = { set() {}, get() {}, remove() {}, clear() {} };

const requests = new AsyncLocalStorage();
const api = apiOf(createAlova, () => requests.getStore(), {
  l1Cache: emptyCache,
  l2Cache: emptyCache,
});

serve(
  () => api,
  (request, next) => requests.run(sessionOf(request), next),
);
