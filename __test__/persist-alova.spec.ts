import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { onAnotherBoot } from './helpers/mounts';
import { startOrigin } from './helpers/origin';
import { Participant } from './helpers/participants';
import { type StartOptions, TestProcess } from './helpers/processes';
import { uniqueDirectory, uniqueId } from './helpers/unique';

// alova's second level in a file: what one run has fetched, the next one has, and for as long as it was to be.

const LONG_MS = 60_000;
const SHORT_MS = 6000;

/** A run of an application, of two processes, that uses a file. */
async function run(t: ExecutionContext, id: string, persist: string, options?: StartOptions) {
  const owner = await Participant.start(t, options);
  await owner.synchronize(id, { persist });
  const client = await TestProcess.start(t, 'http-client', options);
  return {
    open: (url: string, release = 'alova') => client.ask('open', release, url, id, 'l2'),
    get: (path: string, expire = LONG_MS) =>
      client.ask<{ path: string; request: number }>('get', path, expire),
    kill: () => Promise.all([client.kill(), owner.process.kill()]),
    end: async () => {
      await client.ask('exit').catch(() => {});
      await owner.stop();
      await owner.process.ask('leave');
      await Promise.all([client.ended, owner.process.ended]);
    },
  };
}

for (const release of ['alova', 'alova-oldest']) {
  for (const ending of ['kill', 'end'] as const) {
    test(`${release}: the next run has what the last one fetched, whose end was: ${ending}`, async (t) => {
      const [id, persist] = [uniqueId(t), join(uniqueDirectory(t), 'cache')];
      const { requests, url } = await startOrigin(t);
      const first = await run(t, id, persist);
      await first.open(url, release);
      for (const path of ['/one', '/two']) {
        t.deepEqual(await first.get(path), { path, request: 1 });
      }
      await first[ending]();
      const second = await run(t, id, persist);
      await second.open(url, release);
      for (const path of ['/one', '/two']) {
        t.deepEqual(await second.get(path), { path, request: 1 });
        t.is(requests.get(path), 1);
      }
      t.deepEqual(await second.get('/three'), { path: '/three', request: 1 });
    });
  }
}

for (const reboot of [false, true]) {
  test(`what was fetched for a while is over in time, ${reboot ? 'after a reboot' : 'in the next run'}`, async (t) => {
    const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
    const persist = join(directory, 'cache');
    const { requests, url } = await startOrigin(t);
    const first = await run(t, id, persist);
    await first.open(url);
    t.deepEqual(await first.get('/long'), { path: '/long', request: 1 });
    t.deepEqual(await first.get('/short', SHORT_MS), { path: '/short', request: 1 });
    // When the answer came alova took the time, which was not before this.
    const fetched = Date.now();
    await first.kill();
    const boot = join(directory, 'boot_id');
    writeFileSync(boot, 'b6e8a3f4-8a0b-4a4e-9d5c-3f1f6c1c0a11\n');
    const second = await run(t, id, persist, reboot ? { under: onAnotherBoot(boot) } : {});
    await second.open(url);
    t.deepEqual(await second.get('/long'), { path: '/long', request: 1 });
    const short = await second.get('/short', SHORT_MS);
    t.true(short.request === 1 || Date.now() - fetched > SHORT_MS - 1000);
    await delay(Math.max(0, fetched + SHORT_MS - Date.now()));
    t.deepEqual(await second.get('/short', SHORT_MS), { path: '/short', request: 2 });
    t.deepEqual(await second.get('/long'), { path: '/long', request: 1 });
    t.is(requests.get('/long'), 1);
  });
}
