import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { invalidOption } from '../checks';
import { PSCError } from '../errors';
import { checkOptions, type Known } from '../options';
import type { RequestScope, RequestScopeOptions } from '../types';
import { createMiddleware } from './middleware';

const KNOWN: Known<RequestScopeOptions<unknown>> = { scope: true };

/**
 * Creates a context that is another one for each request: what is run in it, and whatever that awaits, finds the store
 * of its own request. So one alova instance and one adapter serve all users, and each of them sees their own entries.
 *
 * @typeParam Store - What a request carries: who its user is, their cookie, a token.
 * @param options - `scope` names the cache scope of a store. Without it, the store itself has to be that string.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 *
 * @example
 * ```ts
 * interface Visit { userId: string; cookie: string }
 * const requests = createRequestScope<Visit>({ scope: ({ userId }) => userId });
 *
 * const alova = createAlova({
 *   requestAdapter: adapterFetch(),
 *   l1Cache: createPSCAdapter(NodeSyncAdapter(), undefined, { scope: requests.scope }),
 *   beforeRequest: requests.beforeRequest((method, { cookie }) => {
 *     method.config.headers.cookie = cookie;
 *   }),
 * });
 *
 * app.use(requests.express((request) => ({ userId: request.user.id, cookie: request.headers.cookie })));
 * ```
 */
export function createRequestScope<Store>(
  options: RequestScopeOptions<Store> = {},
): RequestScope<Store> {
  checkOptions('createRequestScope', options, KNOWN);
  const { scope: name = (store: Store) => store as unknown as string } = options;
  if (typeof name !== 'function') {
    throw invalidOption('scope', name, 'Give a function from the store to a string.');
  }
  const storage = new AsyncLocalStorage<{ readonly store: Store }>();
  const run = <Result>(store: Store, fn: () => Result): Result =>
    storage.run({ store }, () => {
      const result = fn();
      // A method of alova is sent when it is awaited, and that may be outside.
      return isLazy(result) ? (Promise.resolve(result) as Result) : result;
    });
  const getStore = (): Store | undefined => storage.getStore()?.store;
  return {
    run,
    getStore,
    scope() {
      const context = storage.getStore();
      return context === undefined ? undefined : name(context.store);
    },
    bind(fn) {
      // The whole context of now, and so what others keep there too.
      const resource = new AsyncResource('psc-native.request');
      return (...args) => resource.runInAsyncScope(fn, undefined, ...args);
    },
    beforeRequest: (change) => (method) => {
      const context = storage.getStore();
      if (context === undefined) throw outside();
      // alova gives one response to all who ask for the same at once, whoever they are.
      method.config.shareRequest = false;
      return change(method, context.store);
    },
    ...createMiddleware(run),
  };
}

/** Whether something begins only when somebody waits for it, as promises do not. */
function isLazy(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || value instanceof Promise) return false;
  return typeof (value as { then?: unknown }).then === 'function';
}

function outside(): PSCError {
  const message =
    'A method was sent outside of `run(store, fn)`, and its `beforeRequest` needs a store. Send it inside, or behind ' +
    'the middleware.';
  return new PSCError('ERR_PSC_NO_SCOPE', message);
}
