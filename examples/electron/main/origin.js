// The origin: a real HTTP server, as slow as one far away, that counts how often it is asked.

const { EventEmitter, once } = require('node:events');
const { createServer } = require('node:http');
const { setTimeout: delay } = require('node:timers/promises');

const LATENCY_MS = 350;

const TITLES = [
  'Tides at Low Latency',
  'A Field Guide to Hits',
  'Cartography of Keys',
  'The Quiet Round Trip',
  'Notes on Staying Warm',
  'An Atlas of Mirrors',
];

/** The article at a path such as `/articles/3`; undefined where there is none. */
function articleAt(path) {
  const id = Number(/^\/articles\/(\d+)$/.exec(path)?.[1]);
  const title = TITLES[id - 1];
  return title && { id, title, text: `${title} is worth reading twice. `.repeat(40) };
}

/** Starts an origin. It emits `request` when it was asked; `requests` counts that by path. */
async function startOrigin() {
  const origin = new EventEmitter();
  const requests = new Map();
  const server = createServer(async ({ url }, response) => {
    const article = articleAt(url);
    if (article) requests.set(url, (requests.get(url) ?? 0) + 1);
    origin.emit('request');
    await delay(LATENCY_MS);
    response.writeHead(article ? 200 : 404, {
      'content-type': 'application/json',
      // Every fetch that alova makes is to arrive here: what is cached, is cached by us.
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    response.end(JSON.stringify(article ?? { error: `There is nothing at ${url}.` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(origin, { url: `http://127.0.0.1:${server.address().port}`, requests });
}

module.exports = { startOrigin };
