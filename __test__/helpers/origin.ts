import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

/** A real HTTP server that counts how often each path was asked for, and takes its time to answer. */
export async function startOrigin(t: ExecutionContext, takesMs = 0) {
  const requests = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    if (takesMs > 0) await delay(takesMs);
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
