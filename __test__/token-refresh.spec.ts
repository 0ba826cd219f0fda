import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// examples/token-refresh: four workers whose one token has expired.

const WORKERS = 4;
const AT_ONCE = 25;

/** An API that takes one token, and the server that hands it out. */
class TokenServer {
  /** How often a token was asked for. */
  asked = 0;
  /** How many requests were refused for their token. */
  refused = 0;
  isOpen = true;
  #number = 0;
  readonly #server = createServer(async ({ url = '', headers }, response) => {
    const end = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url === '/token') {
      this.asked += 1;
      // Long enough for everybody who was refused to arrive.
      await delay(20);
      if (!this.isOpen) return end(503, {});
      this.#number += 1;
      return end(200, { token: `token ${this.#number}` });
    }
    if (headers.authorization === `Bearer token ${this.#number}`) {
      return end(200, { name: url.slice('/things/'.length) });
    }
    this.refused += 1;
    return end(401, {});
  });

  static async start(t: ExecutionContext) {
    const started = new TokenServer();
    started.#server.listen(0, '127.0.0.1');
    await once(started.#server, 'listening');
    t.teardown(() => {
      started.#server.closeAllConnections();
      started.#server.close();
    });
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on the token that everybody has is refused. */
  expire(): void {
    this.#number += 1;
    this.asked = 0;
    this.refused = 0;
  }
}

async function startWorkers(t: ExecutionContext) {
  const id = uniqueId(t);
  await synchronize(t, id);
  const server = await TokenServer.start(t);
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () => TestProcess.start(t, 'token-worker')),
  );
  await Promise.all(workers.map((worker) => worker.ask('open', id, server.url)));
  const names = Array.from({ length: AT_ONCE }, (_, index) => `thing-${index}`);
  const askInAll = async () =>
    (await Promise.all(workers.map((worker) => worker.ask<string[]>('ask', names)))).flat();
  const all = workers.flatMap(() => names);
  return { server, askInAll, all };
}

test('one token that has expired is refreshed once, however many requests of four workers notice it', async (t) => {
  const { server, askInAll, all } = await startWorkers(t);
  t.deepEqual(await askInAll(), all);
  t.is(server.asked, 1);
  const rounds = counts(10, 100);
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    server.expire();
    t.deepEqual(await askInAll(), all);
    t.is(server.asked, 1);
    refused += server.refused;
  }
  t.log(`${refused} requests were refused, for ${rounds} refreshes`);
  t.true(refused > rounds * WORKERS);
});

test('who gets no new token fails, nobody waits for ever, and the next request tries again', async (t) => {
  const { server, askInAll, all } = await startWorkers(t);
  await askInAll();
  server.expire();
  server.isOpen = false;
  for (const answer of await askInAll()) t.regex(answer, /^failed: There is no token: 503/);
  server.isOpen = true;
  t.deepEqual(await askInAll(), all);
});
