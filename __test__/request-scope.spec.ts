import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import express from 'express';
import fastify from 'fastify';
import { psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// One alova instance for all users of a server: each request has its own store, cookie and cache scope.

// alova's types are those of an ES module, and koa has none.
type Alova = typeof import('alova', { with: { 'resolution-mode': 'import' }});
type AlovaFetch = typeof import('alova/fetch', { with: { 'resolution-mode': 'import' }});
const { createAlova } = require('alova') as Alova;
const adapterFetch = require('alova/fetch') as AlovaFetch['default'];
const Koa = require('koa') as new () => {
  silent: boolean;
  use(middleware: (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>): void;
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
};
interface KoaContext {
  readonly req: IncomingMessage;
  body: unknown;
}

interface Visit {
  readonly user: string;
}

const createVisits = () => psc.createRequestScope<Visit>({ scope: ({ user }) => user });

async function listening(t: ExecutionContext, server: ReturnType<typeof createServer>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Says who is asked by, a little later, so that requests overlap. */
async function origin(t: ExecutionContext) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const cookie = `${request.headers.cookie}`;
    requests.push(cookie);
    setTimeout(() => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ user: cookie, path: request.url }));
    }, 5);
  });
  return { url: await listening(t, server), requests };
}

const USERS = Array.from({ length: 20 }, (_, n) => `user${n}`);

test('run gives a store to all that a function awaits, and nests', async (t) => {
  const visits = createVisits();
  const seen = await Promise.all(
    USERS.map((user) =>
      visits.run({ user }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const inner = visits.run({ user: 'inner' }, () => visits.scope());
        return [visits.getStore()?.user, visits.scope(), inner];
      }),
    ),
  );
  t.deepEqual(
    seen,
    USERS.map((user) => [user, user, 'inner']),
  );
  t.is(visits.getStore(), undefined);
  t.is(visits.scope(), undefined);
  const { run, scope } = psc.createRequestScope<string>();
  t.is(run('the store itself', scope), 'the store itself');
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', () =>
    psc.createRequestScope({ scope: 'ann' as never }),
  );
});

test('a method that run returns is sent inside, although it is awaited outside', async (t) => {
  const { url } = await origin(t);
  const visits = createVisits();
  const alova = createAlova({
    baseURL: url,
    requestAdapter: adapterFetch(),
    cacheFor: null,
    beforeRequest: visits.beforeRequest((method, { user }) => {
      method.config.headers.cookie = user;
    }),
    responded: (response: Response) => response.json(),
  });
  const get = () => alova.Get<{ user: string }>('/me');
  t.is((await visits.run({ user: 'ann' }, get)).user, 'ann');
  await visits.run({ user: 'bob' }, async () => {
    t.is((await visits.run({ user: 'ann' }, get)).user, 'ann');
    t.is((await get()).user, 'bob');
  });
  t.is(
    visits.run({ user: 'ann' }, () => 'no promise'),
    'no promise',
  );
});

test('a function that was bound has the store of then', (t) => {
  const visits = createVisits();
  const bound = visits.run({ user: 'ann' }, () =>
    visits.bind((...args: number[]) => [visits.getStore()?.user, ...args]),
  );
  t.deepEqual(bound(1, 2), ['ann', 1, 2]);
});

test('one alova instance serves all users, each with their own cookie and their own cache', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const { url, requests } = await origin(t);
  const visits = createVisits();
  const cache = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
    scope: visits.scope,
  });
  t.teardown(() => cache.close());
  const alova = createAlova({
    baseURL: url,
    requestAdapter: adapterFetch(),
    l1Cache: cache,
    cacheLogger: false,
    beforeRequest: visits.beforeRequest(async (method, { user }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      method.config.headers.cookie = user;
    }),
    responded: (response: Response) => response.json(),
  });
  // At module level, as applications have them.
  const me = alova.Get<{ user: string }>('/me');
  for (const expected of [USERS.length, USERS.length]) {
    const answers = await Promise.all(
      USERS.map((user) => visits.run({ user }, async () => (await me).user)),
    );
    t.deepEqual(answers, USERS);
    t.is(requests.length, expected);
  }
  t.deepEqual([...requests].sort(), [...USERS].sort());
  // Where each response was written, somebody else who shares the cache finds it.
  const { key } = me;
  for (const user of USERS) {
    const own = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, {
      scope: user,
    });
    t.is(own.get<[{ user: string }]>(`$a.${alova.id}${key}`)?.[0].user, user);
    own.close();
  }
  await throwsCode(t, 'ERR_PSC_NO_SCOPE', () => me.send());
  t.is(requests.length, USERS.length);
});

test('the cookie of the article, and why alova must not share requests between users', async (t) => {
  const { url } = await origin(t);
  const visits = createVisits();
  const ask = async (shareRequest: boolean) => {
    const alova = createAlova({
      baseURL: url,
      requestAdapter: adapterFetch(),
      cacheFor: null,
      shareRequest,
      beforeRequest(method) {
        method.config.headers.cookie = visits.getStore()?.user;
      },
      responded: (response: Response) => response.json(),
    });
    return Promise.all(
      USERS.map((user) =>
        visits.run({ user }, async () => (await alova.Get<{ user: string }>('/me')).user),
      ),
    );
  };
  t.deepEqual(await ask(false), USERS);
  // What alova does by default: all are given what the first one asked for.
  t.deepEqual(new Set(await ask(true)), new Set(['user0']));
});

test('outside of a request, beforeRequest sends nothing', async (t) => {
  const { url, requests } = await origin(t);
  const alova = createAlova({
    baseURL: url,
    requestAdapter: adapterFetch(),
    beforeRequest: createVisits().beforeRequest(() => {}),
  });
  await throwsCode(t, 'ERR_PSC_NO_SCOPE', () => alova.Get('/me').send());
  t.is(requests.length, 0);
});

// Servers. Each answers who the store says it serves, after what tends to lose a context: a body, a timer, a failure.

type Visits = ReturnType<typeof createVisits>;
const visitOf = ({ headers }: Pick<IncomingMessage, 'headers'>): Visit => {
  if (headers['x-user'] === undefined) throw new Error('Who is there?');
  return { user: `${headers['x-user']}` };
};
const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 1, value));

/** By a promise, as who looks a session up, or at once. */
type From = (request: Pick<IncomingMessage, 'headers'>) => Visit | Promise<Visit>;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

const SERVERS: Record<
  string,
  (t: ExecutionContext, visits: Visits, from: From) => Promise<string>
> = {
  express: (t, visits, from) => {
    const app = express();
    app.use(visits.express(from));
    app.use(express.json());
    app.use(async (request, response) => {
      await later(0);
      response.json({ user: visits.getStore()?.user, body: request.body });
    });
    app.use(
      (error: Error, _request: unknown, response: express.Response, _next: unknown) =>
        void response.status(500).json({ error: error.message }),
    );
    return listening(t, createServer(app));
  },
  koa: (t, visits, from) => {
    const app = new Koa();
    app.silent = true;
    app.use(visits.koa((context: KoaContext) => from(context.req)));
    app.use(async (context: KoaContext) => {
      const body = await bodyOf(context.req);
      await later(0);
      context.body = { user: visits.getStore()?.user, body };
    });
    return listening(t, createServer(app.callback()));
  },
  fastify: async (t, visits, from) => {
    const app = fastify();
    t.teardown(() => app.close());
    app.register(visits.fastify(from));
    app.all('/', async (request) => {
      await later(0);
      return { user: visits.getStore()?.user, body: request.body };
    });
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  'fastify, after who is there was found out': async (t, visits, from) => {
    const app = fastify();
    t.teardown(() => app.close());
    app.register(visits.fastify(from), { hook: 'preHandler' });
    app.all('/', async (request) => {
      await later(0);
      return { user: visits.getStore()?.user, body: request.body };
    });
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  http: (t, visits, from) => {
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const body = await bodyOf(request);
      response.end(JSON.stringify({ user: visits.getStore()?.user, body }));
    };
    return listening(t, createServer(visits.http(from, answer)));
  },
  'http, by events': (t, visits, from) => {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      const end = visits.bind(() => {
        const body = text === '' ? undefined : JSON.parse(text);
        response.end(JSON.stringify({ user: visits.getStore()?.user, body }));
      });
      request.on('end', end);
    };
    return listening(t, createServer(visits.http(from, answer)));
  },
};

for (const [name, serve] of Object.entries(SERVERS)) {
  for (const [how, from] of [
    ['at once', visitOf],
    ['by a promise', async (request) => later(visitOf(request))],
  ] as [string, From][]) {
    test(`${name}: each request has its own store, made ${how}`, async (t) => {
      const visits = createVisits();
      const url = await serve(t, visits, from);
      const ask = async (user: string, n: number) => {
        const body = n % 2 === 0 ? undefined : { n };
        const init =
          body === undefined
            ? { headers: { 'x-user': user } }
            : {
                method: 'POST',
                body: JSON.stringify(body),
                headers: { 'x-user': user, 'content-type': 'application/json' },
              };
        const answer = (await (await fetch(url, init)).json()) as object;
        t.deepEqual(answer, body === undefined ? { user } : { user, body });
      };
      for (const round of [0, 1]) await Promise.all(USERS.map((user, n) => ask(user, n + round)));
      t.is(visits.getStore(), undefined);
    });

    test(`${name}: a store that cannot be made ${how} fails its request, and no other`, async (t) => {
      const visits = createVisits();
      const url = await serve(t, visits, from);
      t.is((await fetch(url)).status, 500);
      const response = await fetch(url, { headers: { 'x-user': 'ann' } });
      t.deepEqual(await response.json(), { user: 'ann' });
    });
  }
}
