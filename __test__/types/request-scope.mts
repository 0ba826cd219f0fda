// What a request scope is to the compiler, and to alova's and the frameworks' own types.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createAlova, type Method } from 'alova';
import adapterFetch from 'alova/fetch';
import express from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import {
  createPSCAdapter,
  createRequestScope,
  NodeSyncAdapter,
  type RequestScope,
} from 'psc-native';

interface Visit {
  readonly user: string;
  readonly cookie: string | undefined;
}

const visits: RequestScope<Visit> = createRequestScope<Visit>({ scope: ({ user }) => user });

createAlova({
  requestAdapter: adapterFetch(),
  l1Cache: createPSCAdapter(NodeSyncAdapter(), undefined, { scope: visits.scope }),
  beforeRequest: visits.beforeRequest((method, { cookie }) => {
    method.config.headers.cookie = cookie;
  }),
});
createAlova({
  requestAdapter: adapterFetch(),
  async beforeRequest(method) {
    method.config.headers.cookie = visits.getStore()?.cookie;
  },
});
createAlova({
  requestAdapter: adapterFetch(),
  beforeRequest: visits.beforeRequest(async (method: Method, { cookie }) => {
    method.config.headers.cookie = cookie;
    method.setName('mine');
  }),
});

const app = express();
app.use(visits.express((request) => ({ user: '1', cookie: request.headers.cookie as string })));
app.use(
  '/api',
  visits.express((request: express.Request) => ({ user: request.ip ?? '', cookie: '' })),
);
app.use(visits.express(async ({ url = '' }) => ({ user: url, cookie: undefined })));

const server = fastify();
server.register(visits.fastify((request: FastifyRequest) => ({ user: request.ip, cookie: '' })));
server.register(
  visits.fastify(({ headers }) => ({ user: `${headers.host}`, cookie: '' })),
  {
    hook: 'preHandler',
  },
);

createServer(
  visits.http(
    (request) => ({ user: '1', cookie: request.headers.cookie }),
    (_request: IncomingMessage, response: ServerResponse) => response.end(visits.getStore()?.user),
  ),
);

const user: string | undefined = visits.scope();
const length: number = visits.run({ user: 'ann', cookie: undefined }, () => 'text').length;
const bound: (n: number) => string = visits.bind((n: number) => `${n}`);
createRequestScope<string>();
createRequestScope();
void [user, length, bound];

// @ts-expect-error: outside of a request there is no store.
visits.getStore().user;
// @ts-expect-error: a store has a user.
visits.run({ cookie: '' }, () => 1);
// @ts-expect-error: a store that may have no name is nobody's.
createRequestScope<{ user?: string }>({ scope: ({ user }) => user });
// @ts-expect-error: a middleware makes a whole store.
app.use(visits.express(() => ({ user: '1' })));
// @ts-expect-error: there is no such hook.
server.register(
  visits.fastify(() => ({ user: '1', cookie: '' })),
  { hook: 'onSend' },
);
// @ts-expect-error: a scope is a string.
createPSCAdapter(NodeSyncAdapter(), undefined, { scope: () => 1 });
// @ts-expect-error: there is no such way to clear.
createPSCAdapter(NodeSyncAdapter(), undefined, { onClear: 'nothing' });
