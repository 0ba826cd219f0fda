// The origin: a real HTTP server that is a little slow, and counts how often it is asked for each resource.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const LATENCY_MS = 20;

/** The JSON text of the article at a path such as `/articles/17`. */
export function bodyOf(path) {
  const id = Number(path.split('/').at(-1));
  const sentence = `Article ${id} is long enough to be worth sharing. `;
  const paragraphs = Array.from({ length: 80 }, (_, number) => ({
    number,
    text: sentence.repeat(32),
  }));
  return JSON.stringify({ id, title: `Article ${id}`, paragraphs });
}

/** Starts an origin. Its `requests` count by path. */
export async function startOrigin() {
  const requests = new Map();
  const server = createServer(async ({ url }, response) => {
    requests.set(url, (requests.get(url) ?? 0) + 1);
    await delay(LATENCY_MS);
    response.setHeader('content-type', 'application/json');
    response.end(bodyOf(url));
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
