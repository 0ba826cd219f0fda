// The API that the shop's pages ask: a real HTTP server that is a little slow, and counts how often it is asked for
// what by whom.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sessionOf as sessionOfRequest } from '../app/session.mjs';
import { ordersOf, PRODUCTS, productOf, products, sessionOf, userOf } from './data.mjs';

const LATENCY_MS = 10;
const PRODUCT = /^\/products\/(\d+)$/;

function answer(path, user) {
  if (path === '/products') return products();
  const id = Number(PRODUCT.exec(path)?.[1]);
  if (id >= 1 && id <= PRODUCTS) return productOf(id);
  if (user === undefined) return undefined;
  if (path === '/user') return userOf(user);
  if (path === '/orders') return ordersOf(user);
  return undefined;
}

/** The name under which requests are counted: what is everybody's is the same for all. */
export const resourceOf = (path, user) =>
  path.startsWith('/products') ? path : `${path} of user-${user}`;

/** Starts an API for so many users. Its `requests` count by resource. */
export async function startOrigin(users) {
  const sessions = new Map(
    Array.from({ length: users }, (_, index) => [sessionOf(index + 1), index + 1]),
  );
  const requests = new Map();
  const bodies = new Map();
  const server = createServer(async (request, response) => {
    const user = sessions.get(sessionOfRequest(request));
    const resource = resourceOf(request.url, user);
    requests.set(resource, (requests.get(resource) ?? 0) + 1);
    if (!bodies.has(resource)) bodies.set(resource, JSON.stringify(answer(request.url, user)));
    await delay(LATENCY_MS);
    const body = bodies.get(resource);
    response.writeHead(body === undefined ? 401 : 200, { 'content-type': 'application/json' });
    response.end(body ?? '{"error":"Not for you."}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
