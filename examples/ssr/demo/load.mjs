// The visitors: real HTTP requests over connections that are kept open, as browsers and proxies keep them.

import { Agent, get } from 'node:http';
import { cookieOf } from '../app/session.mjs';
import { sessionOf } from './data.mjs';

/** Fetches a page. Resolves to `{ status, body, ms }`. */
function fetchPage(agent, port, { user, path }) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { cookie: cookieOf(sessionOf(user)) };
    const request = get({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, body, ms: performance.now() - start }),
      );
    });
    request.on('error', reject);
  });
}

/** So many visitors at once. */
export function createVisitors(port, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    /** Makes the visits, as fast as the server answers. `onAnswer` is told of each, and returns false to end it. */
    async make(visits, onAnswer) {
      let isOver = false;
      async function visitor() {
        for (const visit of visits) {
          const answer = await fetchPage(agent, port, visit);
          if ((await onAnswer(visit, answer)) === false) isOver = true;
          if (isOver) return;
        }
      }
      await Promise.all(Array.from({ length: connections }, visitor));
    },
    close: () => agent.destroy(),
  };
}
