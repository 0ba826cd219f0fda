import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// alova, newest and oldest that the package works with, against a real server: processes share responses.

/** A server that counts how often each path was asked for. */
async function origin(t: ExecutionContext) {
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path, request: requests.get(path) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

for (const release of ['alova', 'alova-oldest']) {
  for (const level of ['l1', 'l2']) {
    test(`${release}, ${level}: what one process has fetched, the others have`, async (t) => {
      const id = uniqueId(t);
      await synchronize(t, id);
      const { requests, url } = await origin(t);
      const clients = [
        await TestProcess.start(t, 'http-client'),
        await TestProcess.start(t, 'http-client'),
        await TestProcess.start(t, 'http-client'),
      ];
      for (const client of clients) await client.ask('open', release, url, id, level);
      for (const path of ['/one', '/two', '/three/__proto__']) {
        for (const client of clients) {
          t.deepEqual(await client.ask('get', path), { path, request: 1 });
        }
        t.is(requests.get(path), 1);
      }
    });
  }
}

test('both releases read each other’s entries, and scopes keep apart', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const { requests, url } = await origin(t);
  const ask = async (release: string, level: string) => {
    const client = await TestProcess.start(t, 'http-client');
    await client.ask('open', release, url, id, level);
    return client.ask('get', '/path');
  };
  t.deepEqual(await ask('alova', 'l1'), { path: '/path', request: 1 });
  t.deepEqual(await ask('alova-oldest', 'l1'), { path: '/path', request: 1 });
  t.deepEqual(await ask('alova-oldest', 'l2'), { path: '/path', request: 2 });
  t.is(requests.get('/path'), 2);
});
