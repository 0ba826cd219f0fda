/** What is known of an alova method in {@link RequestScope.beforeRequest} whose parameter has no type of its own. */
export interface AlovaMethodLike {
  baseURL: string;
  url: string;
  readonly type: string;
  data?: unknown;
  meta?: unknown;
  readonly config: {
    headers: Record<string, unknown>;
    params: unknown;
    shareRequest?: boolean | undefined;
  };
}

/** What of a Node request is known where a framework's own type is not. */
export interface RequestLike {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Options of `createRequestScope`. */
export interface RequestScopeOptions<Store> {
  /**
   * Names the cache scope of a store; called at each access, so it should only look. Of what it returns, two users must
   * never have the same: an id, and not a display name.
   * @default the store itself, which has to be a string then
   */
  scope?: ((store: Store) => string) | undefined;
}

/** Options of `register` for {@link RequestMiddleware.fastify}. */
export interface FastifyRequestOptions {
  /**
   * The hook in which the store is made: a later one where an earlier plugin finds out who the user is.
   * @default 'onRequest'
   */
  hook?: 'onRequest' | 'preValidation' | 'preHandler' | undefined;
}

/** What of a Fastify instance is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preValidation' | 'preHandler',
    hook: (request: object, reply: unknown, next: (error?: Error) => void) => void,
  ): unknown;
}

/** What `fastify.register` takes. */
export type FastifyRequestPlugin = (
  instance: FastifyLike,
  options: FastifyRequestOptions,
  done: (error?: Error) => void,
) => void;

/**
 * The ways into a request scope. Each is given a function that makes the store of a request, or a promise of it; what that
 * throws is the request's failure.
 */
export interface RequestMiddleware<Store> {
  /** `app.use(requests.express((request) => …))`, for Express and what is like it. */
  express<Request extends object = RequestLike>(
    from: (request: Request) => Store | PromiseLike<Store>,
  ): (request: Request, response: unknown, next: (error?: unknown) => void) => void;
  /** `app.use(requests.koa((context) => …))` */
  koa<Context extends object = RequestLike>(
    from: (context: Context) => Store | PromiseLike<Store>,
  ): (context: Context, next: () => Promise<unknown>) => Promise<unknown>;
  /** `app.register(requests.fastify((request) => …))`, with {@link FastifyRequestOptions}. */
  fastify<Request extends object = RequestLike>(
    from: (request: Request) => Store | PromiseLike<Store>,
  ): FastifyRequestPlugin;
  /**
   * `createServer(requests.http((request) => …, listener))`. Where making the store throws or rejects, the request is answered
   * with 500, and a warning with the code `PSC_REQUEST_FAILED` says why; the listener is not called.
   */
  http<Request extends object, Response extends object>(
    from: (request: Request) => Store | PromiseLike<Store>,
    listener: (request: Request, response: Response) => unknown,
  ): (request: Request, response: Response) => void;
}

/** What `createRequestScope` returns. Its functions need no `this`. */
export interface RequestScope<Store> extends RequestMiddleware<Store> {
  /**
   * Runs something, and what it awaits, with a store. Returns what it returns; of a method of alova, which is sent only
   * when somebody awaits it, the promise of the response, so that it is sent with this store. Scopes nest; the innermost
   * counts.
   */
  run<Result>(store: Store, fn: () => Result): Result;
  /** The store of the request that is being served; undefined outside of any. */
  getStore(): Store | undefined;
  /** The cache scope of the request that is being served; undefined outside of any. To be given to an adapter. */
  readonly scope: () => string | undefined;
  /**
   * A function that runs with the store of now, whenever it is called: for event emitters, whose listeners are called in
   * the context of who emits, such as `request.on('end', requests.bind(() => …))`.
   */
  bind<Args extends unknown[], Result>(fn: (...args: Args) => Result): (...args: Args) => Result;
  /**
   * alova's `beforeRequest`, with the store. It also sets `shareRequest` of the method to false: otherwise alova gives one
   * response to all who ask for the same at once, whoever they are.
   *
   * Outside of a request, what it returns throws `ERR_PSC_NO_SCOPE`.
   */
  beforeRequest<Method extends AlovaMethodLike>(
    change: (method: Method, store: Store) => void | Promise<void>,
  ): (method: Method) => void | Promise<void>;
}
