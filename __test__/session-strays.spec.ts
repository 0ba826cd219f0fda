import test from 'ava';
import { Channel, ChannelSyncAdapter, Session, type SessionInit } from '../ts/session';
import { psc } from './helpers/built';
import { type LocalEnd, localPair } from './helpers/channels';
import { until, within } from './helpers/until';

// What nobody awaits: it hangs nobody, ends no process, and leaves nothing behind. ava fails a file in which a rejection
// is not handled.

type Listeners = Record<string, (this: Session, payload: unknown) => unknown>;

/** A channel whose sessions have these listeners. */
function serve(implement: LocalEnd, listeners: Listeners): Channel {
  class Serving extends Session {
    protected override initializeListeners(): void {
      for (const [action, listener] of Object.entries(listeners)) {
        this.setListener(action, (payload) => listener.call(this, payload));
      }
    }
  }
  return new (class extends Channel<Serving> {
    protected override createSession(init: SessionInit): Serving {
      return new Serving(init, this.implement);
    }
  })(implement) as Channel;
}

const rejects = async () => {
  throw Object.assign(new Error('on purpose'), { code: 'E_ON_PURPOSE' });
};

test('who takes logs or progress and rejects fails the session, as if it had thrown', async (t) => {
  const [here, there] = localPair();
  serve(there, {
    log() {
      this.log('a line');
      return new Promise(() => {});
    },
    progress() {
      this.progress({ done: 1 });
      return new Promise(() => {});
    },
  });
  const channel = new Channel(here, { onLog: rejects, onProgress: rejects });
  for (const action of ['log', 'progress']) {
    const call = channel.startSession(action, { action });
    await t.throwsAsync(within('it rejects', call), { code: 'E_ON_PURPOSE' });
  }
  t.is(channel.openSessions, 0);
});

test('who takes what is wrong with messages may reject, as it may throw', async (t) => {
  const [here, there] = localPair();
  let reports = 0;
  serve(there, { echo: (value) => value });
  const onProtocolError = () => {
    reports += 1;
    return rejects();
  };
  const channel = new Channel(here, { onProtocolError });
  there.send({ pscSession: 1, type: 'no such type', sessionId: '' });
  t.is(await channel.startSession('a', { action: 'echo', payload: 1 }), 1);
  t.is(reports, 1);
});

test('both ends are told of what a `send` of the user rejects later, whichever message it was', async (t) => {
  const [here, there] = localPair();
  const send = there.send.bind(there);
  // Of a kind that takes everything at once, and finds out on the way what it cannot carry.
  there.send = async (message: unknown) => {
    await null;
    if (JSON.stringify(message).includes('"too much"')) throw new Error('too much to carry');
    send(message);
  };
  const ends: unknown[] = [];
  const served = serve(there, {
    returns: () => 'too much',
    sends() {
      this.signal.addEventListener('abort', () => ends.push(this.signal.reason));
      this.send({ action: 'ANSWER', payload: 'too much' });
      return new Promise(() => {});
    },
    fails: () => {
      throw new Error('"too much"');
    },
  });
  const channel = new Channel(here);
  for (const action of ['returns', 'sends']) {
    const call = channel.startSession(action, { action });
    const error = await t.throwsAsync(within(action, call), { code: 'ERR_PSC_IO' });
    t.regex(error?.message ?? '', /too much to carry/);
  }
  t.is(channel.openSessions + served.openSessions, 0);
  t.is(ends.length, 1);
});

test('a stream that a listener returns when its session is over is ended, and not left open', async (t) => {
  const [here, there] = localPair();
  let isOpen = true;
  let returnIt = () => {};
  /** As a file's stream is: open from the beginning, until it was read or ended. */
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: 1 }) as const,
      return: async () => {
        isOpen = false;
        return { done: true, value: undefined } as const;
      },
    }),
  };
  serve(there, {
    late: async () => {
      await new Promise<void>((resolve) => {
        returnIt = resolve;
      });
      return source;
    },
  });
  const channel = new Channel(here);
  const call = channel.startSession('a', { action: 'late' });
  await until('it has begun', () => there.types.length > 0 || returnIt.length === 0);
  call.session.cancel();
  await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  returnIt();
  await until('it was ended', () => !isOpen);
  t.is(there.types.includes('item'), false);
});

test('a wrapper around the transport of a cache may reject what arrives', async (t) => {
  const [here, there] = localPair();
  const sync = ChannelSyncAdapter(new Channel(here));
  let received = 0;
  sync.receive(async () => {
    received += 1;
    await rejects();
  });
  new Channel(there);
  const ours = { pscSession: 1, sessionId: '' };
  there.send({ ...ours, type: 'cache', event: { type: 'garbage' } });
  await until('it came', () => received === 1);
  t.is(received, 1);
});

test('a mirror that is given a new channel when it has lost its own goes on', async (t) => {
  const sync = ChannelSyncAdapter();
  const synchronizer = psc.createPSCSynchronizer(sync);
  t.teardown(() => synchronizer.close());
  const [here, there] = localPair();
  const first = new Channel(here);
  sync.add(first);
  const own = ChannelSyncAdapter(new Channel(there));
  const cache = psc.createPSCAdapter(own);
  t.teardown(() => cache.close());
  await within('it joins', cache.ready);
  await within('it sets', cache.set('before', 1));
  there.emit('close');
  const meanwhile = cache.set('meanwhile', 1);
  const [again, mine] = localPair();
  sync.add(new Channel(again));
  own.add(new Channel(mine));
  await within('it is settled', meanwhile);
  await within('it sets', cache.set('after', 1));
  const [last, other] = localPair();
  sync.add(new Channel(last));
  const beside = psc.createPSCAdapter(ChannelSyncAdapter(new Channel(other)));
  t.teardown(() => beside.close());
  await within('it joins', beside.ready);
  t.deepEqual(
    ['before', 'meanwhile', 'after'].map((key) => beside.get(key)),
    [1, 1, 1],
  );
});
