import type { FastifyRequestPlugin, RequestMiddleware } from '../types';
import { warn } from '../warnings';

type Run<Store> = <Result>(store: Store, fn: () => Result) => Result;

/** A plugin with this property hooks into the instance that it is registered with, and not into one of its own. */
const SKIP_OVERRIDE = Symbol.for('skip-override');

/** What of Node's response is used. */
interface ResponseLike {
  headersSent?: boolean;
  statusCode?: number;
  end?(): void;
}

/** Answers a request whose store could not be made, as the frameworks do: nobody else is there to answer it. */
function fail(response: ResponseLike, error: unknown): void {
  if (response.headersSent !== true) response.statusCode = 500;
  response.end?.();
  warn(
    'PSC_REQUEST_FAILED',
    `The store of a request could not be made, so it was answered with 500: ${error}`,
  );
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function';
}

/** The ways into a request scope, one for each kind of server. */
export function createMiddleware<Store>(run: Run<Store>): RequestMiddleware<Store> {
  return {
    express: (from) => (request, _response, next) => {
      const store = from(request);
      if (!isThenable(store)) return void run(store, next);
      // What `next` throws is Express's own matter, and no reason to call it again.
      store.then(
        (found) => void run(found, () => next()),
        (error: unknown) => next(error),
      );
    },
    koa: (from) => async (context, next) => run(await from(context), next),
    http: (from, listener) => (request, response) => {
      let store: Store | PromiseLike<Store>;
      try {
        store = from(request);
      } catch (error) {
        fail(response, error);
        return undefined;
      }
      if (!isThenable(store)) return run(store, () => listener(request, response));
      return store.then(
        (found) => run(found, () => listener(request, response)),
        (error: unknown) => fail(response, error),
      );
    },
    fastify: (from) => fastifyPlugin(run, from),
  };
}

function fastifyPlugin<Store, Request extends object>(
  run: Run<Store>,
  from: (request: Request) => Store | PromiseLike<Store>,
): FastifyRequestPlugin {
  const plugin: FastifyRequestPlugin = (instance, options, done) => {
    const { hook = 'onRequest' } = options;
    const stores = new WeakMap<object, { readonly store: Store }>();
    const enter = (request: object, next: () => void) => {
      const known = stores.get(request);
      if (known !== undefined) run(known.store, next);
      else next();
    };
    instance.addHook(hook, (request, _reply, next) => {
      const take = (store: Store) => {
        stores.set(request, { store });
        run(store, () => next());
      };
      const store = from(request as Request);
      if (isThenable(store)) store.then(take, next);
      else take(store);
    });
    // The body is read in the context of the connection, and what follows is called from there.
    if (hook === 'onRequest') {
      instance.addHook('preValidation', (request, _reply, next) => enter(request, () => next()));
    }
    done();
  };
  return Object.assign(plugin, { [SKIP_OVERRIDE]: true });
}
