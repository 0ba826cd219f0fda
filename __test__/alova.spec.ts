import test from 'ava';
import { startOrigin } from './helpers/origin';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// alova, newest and oldest that the package works with, against a real server: processes share responses.

for (const release of ['alova', 'alova-oldest']) {
  for (const level of ['l1', 'l2']) {
    test(`${release}, ${level}: what one process has fetched, the others have`, async (t) => {
      const id = uniqueId(t);
      await synchronize(t, id);
      const { requests, url } = await startOrigin(t);
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
  const { requests, url } = await startOrigin(t);
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
