import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'ava';
import { type AnySession, Channel, ChannelSyncAdapter, webSocketTransport } from '../ts/session';
import { psc } from './helpers/built';
import { forkFixture } from './helpers/channels';
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
  const context = new AsyncLocalStorage<AnySession>();
  const server = new Channel(webSocketTransport(here), { context });
  const synchronizer = psc.createPSCSynchronizer(ChannelSyncAdapter(server));
  t.teardown(() => synchronizer.close());
  const client = new Channel(webSocketTransport(there));
  const cache = psc.createPSCAdapter(ChannelSyncAdapter(client));
  await within('it joins', cache.ready);
  await within('it sets', cache.set('key', { n: 1 }));
  t.deepEqual(cache.get('key'), { n: 1 });
  cache.close();
});
