import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import {
  type AnySession,
  Channel,
  ChannelSyncAdapter,
  Session,
  type SessionInit,
  webSocketTransport,
} from '../ts/session';
import type { PSCChange } from '../ts/types';
import { psc } from './helpers/built';
import { forkFixture, localPair } from './helpers/channels';
import { SocketDouble } from './helpers/sockets';
import { until, within } from './helpers/until';

// A shared cache rides on the channels that carry the sessions.

test('plugins share a cache over the channels of their sessions, and know which call changed what', async (t) => {
  const sync = ChannelSyncAdapter();
  const synchronizer = psc.createPSCSynchronizer(sync);
  t.teardown(() => synchronizer.close());
  const channels = [1, 2].map(() => new Channel(forkFixture(t, 'session-cache')));
  for (const channel of channels) sync.add(channel);
  const [one, two] = channels as [Channel, Channel];
  for (const channel of channels) await channel.startSession('ready', { action: 'ready' });

  await one.startSession('the first call', { action: 'set', payload: ['a', { n: 1 }] });
  await until('the other plugin has it', async () => {
    return (await two.startSession('look', { action: 'get', payload: 'a' })) !== undefined;
  });
  await two.startSession('the second call', { action: 'set', payload: ['a', 2] });
  await until('the first plugin has it', async () => {
    return (await one.startSession('look', { action: 'get', payload: 'a' })) === 2;
  });
  for (const channel of channels) {
    const told = (await channel.startSession('told', { action: 'told' })) as [string, string][];
    const unique = [...new Set(told.map((each) => each.join()))];
    t.deepEqual(unique, ['a,the first call', 'a,the second call']);
  }

  one.close();
  await two.startSession('the third call', { action: 'set', payload: ['b', 3] });
  t.is(await two.startSession('look', { action: 'get', payload: 'b' }), 3);
});

test('a cache runs over a WebSocket', async (t) => {
  const [here, there] = SocketDouble.pair();
  here.open();
  there.open();
  const server = new Channel(webSocketTransport(here));
  const synchronizer = psc.createPSCSynchronizer(ChannelSyncAdapter(server));
  t.teardown(() => synchronizer.close());
  const client = new Channel(webSocketTransport(there));
  const cache = psc.createPSCAdapter(ChannelSyncAdapter(client));
  await within('it joins', cache.ready);
  await within('it sets', cache.set('key', { n: 1 }));
  t.deepEqual(cache.get('key'), { n: 1 });
  cache.close();
});

test('where nobody but the channel knows the session, as in a page, its `context` says so', async (t) => {
  const [here, there] = localPair();
  const sync = ChannelSyncAdapter(new Channel(here, { name: 'cache' }));
  const synchronizer = psc.createPSCSynchronizer(sync);
  t.teardown(() => synchronizer.close());
  const context = new AsyncLocalStorage<AnySession>();
  const written = ChannelSyncAdapter(new Channel(there, { name: 'cache', context }));
  const cache = psc.createPSCAdapter(written);
  t.teardown(() => cache.close());
  await within('it joins', cache.ready);
  const heard: PSCChange[] = [];
  cache.on('set', (change) => heard.push(change));
  class Writing extends Session {
    protected override initializeListeners() {
      this.setListener('write', async (key) => {
        await delay(1);
        await cache.set(key as string, 1);
      });
    }
  }
  new (class extends Channel<Writing> {
    protected override createSession(init: SessionInit) {
      return new Writing(init, this.implement);
    }
  })(there, { context });
  const caller = new Channel(here);
  await Promise.all(
    ['one', 'two'].map((id) => caller.startSession(id, { action: 'write', payload: id })),
  );
  await cache.set('outside', 1);
  await until('all was heard', () => heard.length === 3);
  t.deepEqual(
    heard.map(({ key, session }) => [key, session]),
    [
      ['one', 'one'],
      ['two', 'two'],
      ['outside', undefined],
    ],
  );
});
