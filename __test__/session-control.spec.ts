import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import test from 'ava';
import {
  type AnySession,
  Channel,
  type ChannelOptions,
  newSessionId,
  Session,
  type SessionError,
  type SessionInit,
} from '../ts/session';
import { LocalEnd, localPair, openPlugin } from './helpers/channels';
import { until, within } from './helpers/until';

// Signals and deadlines go down the tree; logs and progress go up.

/** Sessions whose listeners wait, and remember why they were told to stop. */
class Waiting extends Session {
  static reasons: string[] = [];
  static begun = 0;

  protected override initializeListeners(): void {
    this.setListener('WAIT', () => {
      Waiting.begun += 1;
      this.signal.addEventListener('abort', () => {
        Waiting.reasons.push((this.signal.reason as SessionError).code);
      });
      return new Promise(() => {});
    });
  }
}

class WaitingChannel extends Channel<Waiting> {
  protected override createSession(init: SessionInit): Waiting {
    return new Waiting(init, this.implement);
  }
}

/** Answers a call by one on another channel. */
class Passing extends Session {
  constructor(
    init: SessionInit,
    implement: LocalEnd,
    private readonly next: Channel<never>,
  ) {
    super(init, implement);
  }

  protected override onUnknownAction(message: { action: string }): unknown {
    return (this.next as unknown as Channel).startSession(this, message);
  }
}

/** A chain: a channel, three that pass on, and one that waits at the end. */
function chain(options?: ChannelOptions) {
  const channels: Channel[] = [];
  const [top, ...lower] = Array.from({ length: 4 }, localPair);
  channels.push(new Channel((top as [LocalEnd, LocalEnd])[0], options));
  let end = (top as [LocalEnd, LocalEnd])[1];
  for (const [here, there] of lower) {
    const next = new Channel(here);
    const implement = end;
    class PassingChannel extends Channel<Passing> {
      protected override createSession(init: SessionInit): Passing {
        return new Passing(init, implement, next as never);
      }
    }
    channels.push(next, new PassingChannel(end) as unknown as Channel);
    end = there;
  }
  channels.push(new WaitingChannel(end) as unknown as Channel);
  const open = () => channels.reduce((sum, channel) => sum + channel.openSessions, 0);
  return { channel: channels[0] as Channel, open };
}

test.serial('a signal cancels the session and all below it', async (t) => {
  Waiting.reasons = [];
  Waiting.begun = 0;
  const { channel, open } = chain();
  const controller = new AbortController();
  const call = channel.startSession('a', { action: 'WAIT' }, { signal: controller.signal });
  await until('the last one waits', () => Waiting.begun === 1);
  t.is(open(), 8);
  const reason = new Error('no longer needed');
  controller.abort(reason);
  const error = await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
  t.is((error as SessionError).cause, reason);
  await until('all are finished', () => open() === 0);
  t.deepEqual(Waiting.reasons, ['ERR_PSC_CANCELLED']);
  t.is(getEventListeners(controller.signal, 'abort').length, 0);
  const late = channel.startSession('b', { action: 'WAIT' }, { signal: controller.signal });
  await t.throwsAsync(late, { code: 'ERR_PSC_CANCELLED' });
  t.is(Waiting.begun, 1);
});

test.serial('a deadline holds for the session and all below it', async (t) => {
  Waiting.reasons = [];
  Waiting.begun = 0;
  const { channel, open } = chain();
  const call = channel.startSession('a', { action: 'WAIT' }, { timeout: 500 });
  await until('the last one waits', () => Waiting.begun === 1);
  await t.throwsAsync(call, { code: 'ERR_PSC_DEADLINE' });
  await until('all are finished', () => open() === 0);
  t.deepEqual(Waiting.reasons, ['ERR_PSC_DEADLINE']);
});

test('a deadline travels as the time that is left, and a child cannot outlast its parent', async (t) => {
  const [here] = localPair();
  const channel = new Channel(here, { timeout: 60_000 });
  const parent = channel.startSession('a', { action: 'x' }, { timeout: 10_000 });
  const child = channel.startSession(parent.session, { action: 'x' });
  const sooner = channel.startSession(parent.session, { action: 'x' }, { timeout: 5000 });
  const left = here.sent.map((frame) => (frame as { timeLeft: number }).timeLeft);
  t.true((left[0] as number) <= 10_000 && (left[0] as number) > 5000);
  t.true((left[1] as number) <= (left[0] as number) && (left[1] as number) > 5000);
  t.true((left[2] as number) <= 5000);
  for (const call of [parent, child, sooner]) call.catch(() => {});
  channel.close();
});

test('a peer that never answers leaks nothing once the deadline has passed', async (t) => {
  const end = new LocalEnd();
  const channel = new Channel(end, { timeout: 50 });
  const calls = Array.from({ length: 100 }, (_, n) =>
    channel.startSession(`${n}`, { action: 'x' }),
  );
  t.is(channel.openSessions, 100);
  for (const call of calls) await t.throwsAsync(call, { code: 'ERR_PSC_DEADLINE' });
  t.is(channel.openSessions, 0);
});

test('what was begun below ends with its parent, although nobody awaited it', async (t) => {
  const { channel } = await openPlugin(t);
  const { action, payload } = { action: 'belowUnawaited', payload: { action: 'LATER' } };
  class Slow extends Waiting {
    protected override initializeListeners(): void {
      this.setListener('LATER', () => {
        this.signal.addEventListener('abort', () => ended.push(this.signal.reason as SessionError));
        return new Promise(() => {});
      });
    }
  }
  const ended: SessionError[] = [];
  const { child, channel: first } = await openPlugin(t);
  void channel;
  first.close();
  class SlowChannel extends Channel<Slow> {
    protected override createSession(init: SessionInit): Slow {
      return new Slow(init, this.implement);
    }
  }
  const slow = new SlowChannel(child);
  await slow.startSession('again', { action: 'ready' });
  await slow.startSession('a', { action, payload });
  await until('it has ended', () => ended.length === 1);
  t.is(ended[0]?.code, 'ERR_PSC_CANCELLED');
  t.regex(ended[0]?.message ?? '', /parent/);
  t.is(slow.openSessions, 0);
});

test('a call that nobody awaits ends no process when it fails', async (t) => {
  const unhandled = (error: unknown) => t.fail(`unhandled: ${error}`);
  process.on('unhandledRejection', unhandled);
  t.teardown(() => process.off('unhandledRejection', unhandled));
  const [here] = localPair();
  const channel = new Channel(here);
  const { session } = channel.startSession('a', { action: 'x' });
  channel.startSession('b', { action: () => {} } as never);
  session.cancel();
  channel.close();
  channel.startSession('c', { action: 'x' });
  await new Promise(setImmediate);
  t.is(channel.openSessions, 0);
});

test('a session below one that is finished does not begin', async (t) => {
  const [here] = localPair();
  const channel = new Channel(here);
  const parent = channel.startSession('a', { action: 'x' });
  parent.session.finish();
  await parent;
  const call = channel.startSession(parent.session, { action: 'x' });
  await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
  t.deepEqual(here.types, ['open', 'finish']);
});

test('logs and progress come in order to those who ask for them at the top', async (t) => {
  const logs: string[] = [];
  const progress: unknown[] = [];
  const { channel } = await openPlugin(t, {
    onLog: ({ level, message }, { path }) => logs.push(`${path.join('/')} ${level} ${message}`),
    onProgress: (payload) => progress.push(payload),
  });
  await channel.startSession('a', { action: 'logs', payload: { count: 3, text: 'line' } });
  t.deepEqual(logs, ['a info line 0', 'a info line 1', 'a info line 2']);
  t.deepEqual(progress, [{ done: 3, total: 3 }]);
});

test('a log in a session that is finished is no error', async (t) => {
  const [here] = localPair();
  const channel = new Channel(here);
  const call = channel.startSession('a', { action: 'x' });
  call.session.finish();
  await call;
  t.notThrows(() => call.session.log('info', 'too late'));
});

test('whatever a listener awaits can find its session', async (t) => {
  const [here, there] = localPair();
  const context = new AsyncLocalStorage<AnySession>();
  class Asking extends Session {
    protected override initializeListeners(): void {
      this.setListener('WHO', async () => {
        await new Promise(setImmediate);
        return context.getStore()?.sessionId;
      });
    }
  }
  class AskingChannel extends Channel<Asking> {
    protected override createSession(init: SessionInit): Asking {
      return new Asking(init, this.implement);
    }
  }
  const channel = new Channel(here);
  new AskingChannel(there, { context });
  const ids = Array.from({ length: 10 }, newSessionId);
  const calls = ids.map((id) => channel.startSession(id, { action: 'WHO' }));
  t.deepEqual(await Promise.all(calls), ids);
});

test('a channel and a session can be put away by `await using`', async (t) => {
  const key = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (key === undefined) {
    t.pass('this runtime has no such symbol');
    return;
  }
  const dispose = (it: object) => (it as Record<symbol, () => Promise<void>>)[key]?.();
  const [here, there] = localPair();
  const channel = new Channel(here);
  new WaitingChannel(there);
  const call = channel.startSession('a', { action: 'WAIT' });
  await dispose(call.session);
  await t.throwsAsync(within('it ends', call), { code: 'ERR_PSC_CANCELLED' });
  await dispose(channel);
  t.true(channel.isClosed);
});

test('a session that is over before it has begun leaves nothing, at either end', async (t) => {
  let heard = 0;
  class Stillborn extends Session {
    protected override initializeListeners(): void {
      this.setListener('x', () => {
        heard += 1;
      });
      this.cancel();
    }
  }
  class StillbornChannel extends Channel {
    protected override createSession(init: SessionInit): Session {
      return new Stillborn(init, this.implement);
    }
  }
  const [caller, callee] = localPair();
  const [ordinary, stillborn] = [new Channel(caller), new StillbornChannel(callee)];
  const code = 'ERR_PSC_CANCELLED';
  const there = ordinary.startSession('a', { action: 'x' }, { timeout: 60_000 });
  await t.throwsAsync(there, { code });
  const here = stillborn.startSession('b', { action: 'x' }, { timeout: 60_000 });
  await t.throwsAsync(here, { code });
  t.is(heard, 0);
  t.deepEqual([ordinary.openSessions, stillborn.openSessions], [0, 0]);
});
