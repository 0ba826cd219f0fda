import { spawn } from 'node:child_process';
import EventEmitter, { once } from 'node:events';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import { Channel, newSessionId, Session, SessionError, type SessionInit } from '../ts/session';
import { localPair, openPlugin } from './helpers/channels';
import { until, within } from './helpers/until';

// Whatever happens to the other end, the caller is told, at once and by a code.

async function fails(t: ExecutionContext, call: Promise<unknown>, code: string) {
  const error = await t.throwsAsync(within(code, call, 10_000), { code });
  t.true(error instanceof SessionError, error?.stack ?? '');
  return error as SessionError;
}

test('an unknown action rejects the caller, and so does one that comes later', async (t) => {
  const { channel } = await openPlugin(t);
  await fails(t, channel.startSession('a', { action: 'unheard of' }), 'ERR_PSC_UNKNOWN_ACTION');
  await fails(t, channel.startSession('a', { action: '__proto__' }), 'ERR_PSC_UNKNOWN_ACTION');
  const call = channel.startSession('b', { action: 'keepOpen' });
  call.session.send({ action: 'unheard of' });
  await fails(t, call, 'ERR_PSC_UNKNOWN_ACTION');
  t.is(channel.openSessions, 0);
});

test('what a listener throws arrives as it was thrown', async (t) => {
  const { channel } = await openPlugin(t);
  const payload = { message: 'no such thing', code: 'ENOTHING', cause: 'it was removed' };
  const error = await fails(
    t,
    channel.startSession('my id', { action: 'fail', payload }),
    'ENOTHING',
  );
  t.is(error.name, 'RangeError');
  t.is(error.message, 'no such thing');
  t.deepEqual(error.sessionPath, ['my id']);
  t.regex(error.remoteStack ?? '', /session-plugin\.mjs/);
  t.regex(error.stack ?? '', /session-plugin\.mjs.*in session my id/s);
  t.is((error.cause as SessionError).message, 'it was removed');
  const plain = channel.startSession('b', { action: 'fail', payload: { message: 'm' } });
  t.is((await fails(t, plain, 'ERR_PSC_LISTENER_FAILED')).name, 'RangeError');
  const text = await fails(
    t,
    channel.startSession('c', { action: 'throwText' }),
    'ERR_PSC_LISTENER_FAILED',
  );
  t.regex(text.message, /just a text/);
  t.is(text.cause, 'just a text');
});

test('what is an error in another realm arrives as an error', async (t) => {
  class Failing extends Session {
    protected override initializeListeners(): void {
      this.setListener('FAIL', () =>
        runInNewContext(
          "throw Object.assign(new RangeError('elsewhere', { cause: new Error('why') }), { code: 'E_REALM' })",
        ),
      );
    }
  }
  class FailingChannel extends Channel<Failing> {
    protected override createSession(init: SessionInit): Failing {
      return new Failing(init, this.implement);
    }
  }
  const [near, far] = localPair();
  const channel = new Channel(near);
  const other = new FailingChannel(far);
  const error = await fails(t, channel.startSession('a', { action: 'FAIL' }), 'E_REALM');
  t.is(error.name, 'RangeError');
  t.is(error.message, 'elsewhere');
  t.is((error.cause as SessionError).message, 'why');
  channel.close();
  other.close();
});

test('an error from below keeps the path of the session in which it arose', async (t) => {
  class Failing extends Session {
    protected override initializeListeners(): void {
      this.setListener('FAIL', () => {
        throw Object.assign(new Error('here'), { code: 'E_HERE' });
      });
    }
  }
  class FailingChannel extends Channel<Failing> {
    protected override createSession(init: SessionInit): Failing {
      return new Failing(init, this.implement);
    }
  }
  const { child, channel: unused } = await openPlugin(t);
  unused.close();
  const channel = new FailingChannel(child);
  // The plugin takes its other end for closed until it hears of it again.
  await channel.startSession('again', { action: 'ready' });
  const call = channel.startSession('top', { action: 'below', payload: { action: 'FAIL' } });
  const error = await fails(t, call, 'E_HERE');
  t.is(error.sessionPath.length, 2);
  t.is(error.sessionPath[0], 'top');
});

test('a listener of a later message settles nobody, but what it throws does', async (t) => {
  const { channel } = await openPlugin(t);
  const call = channel.startSession('a', { action: 'keepOpen' });
  call.session.send({ action: 'echo', payload: 'a value' });
  call.session.send({ action: 'finishNow', payload: 'the result' });
  t.is(await call, 'the result');
  const other = channel.startSession('b', { action: 'keepOpen' });
  other.session.send({ action: 'laterFails' });
  await fails(t, other, 'ERR_PSC_LISTENER_FAILED');
});

test('finish settles the caller, now or later, and from either end', async (t) => {
  const { channel } = await openPlugin(t);
  t.is(await channel.startSession('a', { action: 'finishNow', payload: 1 }), 1);
  t.is(await channel.startSession('b', { action: 'finishLater', payload: 2 }), 2);
  const call = channel.startSession('c', { action: 'wait' });
  call.session.finish(3);
  t.is(await call, 3);
  const state = () => channel.startSession(newSessionId(), { action: 'state' });
  t.like(await state(), { open: 0 });
});

test('a result that cannot be carried rejects, and a payload that cannot is told to its sender', async (t) => {
  const { channel } = await openPlugin(t);
  await fails(t, channel.startSession('a', { action: 'returnFunction' }), 'ERR_PSC_NOT_SENDABLE');
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const payload of [cycle, 1n, () => {}, Symbol('s'), { deep: [{ run() {} }] }]) {
    const call = channel.startSession(newSessionId(), { action: 'echo', payload });
    await fails(t, call, 'ERR_PSC_NOT_SENDABLE');
  }
  const { session } = channel.startSession('b', { action: 'keepOpen' });
  session.finished.catch(() => {});
  t.throws(() => session.send({ action: 'echo', payload: () => {} }), {
    code: 'ERR_PSC_NOT_SENDABLE',
    message: /is a function or a symbol/,
  });
  session.cancel();
  t.throws(() => session.send({ action: 'echo' }), { code: 'ERR_PSC_SESSION_FINISHED' });
});

for (const [how, payload, code, message] of [
  ['exit', 3, 'ERR_PSC_PEER_DIED', /exit code 3/],
  ['crash', undefined, 'ERR_PSC_PEER_DIED', /SIGKILL/],
  ['disconnect', undefined, 'ERR_PSC_PEER_DISCONNECTED', /disconnected/],
  ['close', undefined, 'ERR_PSC_CHANNEL_CLOSED', /other end/],
] as const) {
  test(`every caller is told when the other end does this: ${how}`, async (t) => {
    const { channel, child } = await openPlugin(t);
    const waiting = channel.startSession('a', { action: 'wait' });
    const call = channel.startSession('b', { action: how, payload });
    t.regex((await fails(t, call, code)).message, message);
    await fails(t, waiting, code);
    await fails(t, channel.startSession('c', { action: 'echo' }), code);
    t.is(channel.openSessions, 0);
    if (how !== 'close') t.is(child.listenerCount('message'), 0);
  });
}

test('a process that cannot be started rejects the caller', async (t) => {
  const child = spawn('/there/is/no/such/program', { stdio: ['ipc'] });
  const channel = new Channel(child);
  const error = await fails(t, channel.startSession('a', { action: 'x' }), 'ERR_PSC_PEER_DIED');
  t.regex(error.message, /ENOENT/);
});

test('closing a channel rejects its callers, and leaves no listener on what it used', async (t) => {
  const { child, channel: first } = await openPlugin(t);
  first.close();
  const before = child.eventNames().map((name) => child.listenerCount(name));
  const channel = new Channel(child);
  await channel.startSession('a', { action: 'echo' });
  const call = channel.startSession('b', { action: 'wait' });
  channel.close();
  channel.close();
  t.true(channel.isClosed);
  await fails(t, call, 'ERR_PSC_CHANNEL_CLOSED');
  await fails(t, channel.startSession('c', { action: 'echo' }), 'ERR_PSC_CHANNEL_CLOSED');
  t.deepEqual(
    child.eventNames().map((name) => child.listenerCount(name)),
    before,
  );
  const again = new Channel(child);
  const state = await again.startSession('d', { action: 'state' });
  t.deepEqual(state, { open: 0, endings: ['ERR_PSC_CHANNEL_CLOSED'] });
});

test('a message for a session that the other end does not know is answered', async (t) => {
  const [here, there] = localPair();
  const channel = new Channel(here);
  const call = channel.startSession('a', { action: 'x' });
  there.send({ pscSession: 1, type: 'message', sessionId: 'long gone', action: 'x' });
  await until('it is answered', () => here.types.includes('gone'));
  t.deepEqual(here.sent[1] as object, { pscSession: 1, type: 'gone', sessionId: 'long gone' });
  // That may be about a session of this id that was before: nothing was asked about this one.
  there.send({ pscSession: 1, type: 'gone', sessionId: 'a' });
  call.session.send({ action: 'y' });
  there.send({ pscSession: 1, type: 'gone', sessionId: 'a' });
  await fails(t, call, 'ERR_PSC_SESSION_FINISHED');
});

test('sessions of a channel that was made anew at the other end reject, and new ones begin', async (t) => {
  const { channel } = await openPlugin(t);
  const waiting = channel.startSession('a', { action: 'wait' });
  const call = channel.startSession('b', { action: 'renew' });
  await fails(t, waiting, 'ERR_PSC_CHANNEL_CLOSED');
  await fails(t, call, 'ERR_PSC_CHANNEL_CLOSED');
});

test('an id that is in use is refused at either end, and the session that has it goes on', async (t) => {
  const [here, there] = localPair();
  const channel = new Channel(here);
  const other = new Channel(there);
  const call = channel.startSession('a', { action: 'x' });
  await fails(t, channel.startSession('a', { action: 'x' }), 'ERR_PSC_SESSION_EXISTS');
  await fails(t, call, 'ERR_PSC_UNKNOWN_ACTION');
  t.is(channel.openSessions + other.openSessions, 0);
});

test('a session class that cannot be made rejects the caller at the other end, and throws at this one', async (t) => {
  const [here, there] = localPair();
  class Broken extends Channel {
    protected override createSession(): Session {
      throw new Error('no dependencies');
    }
  }
  const channel = new Channel(here);
  const broken = new Broken(there);
  const error = await fails(
    t,
    channel.startSession('a', { action: 'x' }),
    'ERR_PSC_LISTENER_FAILED',
  );
  t.is(error.message, 'no dependencies');
  t.throws(() => broken.startSession('b', { action: 'x' }), { message: 'no dependencies' });
  t.is(broken.openSessions, 0);
});

test('arguments that cannot work are refused with what to do', (t) => {
  const [here] = localPair();
  const code = 'ERR_PSC_INVALID_OPTION';
  t.throws(() => new Channel({} as never), { code, message: /message/ });
  t.throws(() => new Channel(new EventEmitter() as never), { code });
  t.throws(() => new Channel(here, { timeout: -1 }), { code });
  const channel = new Channel(here);
  t.throws(() => new Channel(here), { code, message: /name/ });
  t.notThrows(() => new Channel(here, { name: 'another' }));
  t.throws(() => channel.startSession('', { action: 'x' }), { code });
  t.throws(() => channel.startSession({} as never, { action: 'x' }), { code });
  t.throws(() => channel.startSession('a', { action: 'x' }, { timeout: Number.NaN }), { code });
});

test('a channel keeps no process alive whose parent has disconnected', async (t) => {
  const { channel, child } = await openPlugin(t);
  const call = channel.startSession('a', { action: 'wait' });
  child.disconnect();
  // It ends so soon after that, that both may be said of it.
  const error = await t.throwsAsync(within('it rejects', call));
  t.regex((error as SessionError).code, /ERR_PSC_PEER_(DIED|DISCONNECTED)/);
  if (child.exitCode === null) await within('it ends', once(child, 'exit'), 10_000);
  t.is(child.exitCode, 0);
});

const STRANGE = [
  'an error with throwing getters',
  'an error whose code throws',
  'a Proxy that throws',
  'a revoked Proxy',
  'an error with a symbol as name',
  'an error with methods as fields',
  'an error with a bigint as cause',
  'an error with a Proxy as cause',
  'an object without a prototype',
  'a symbol',
  'a cycle of causes',
  'undefined',
];

for (const serialization of ['json', 'advanced'] as const) {
  test(`over ${serialization}, whatever a listener throws, its caller is told at once and no other call is harmed`, async (t) => {
    const { channel, child } = await openPlugin(t, {}, { serialization, silent: true });
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    const beside = channel.startSession('beside', { action: 'keepOpen' });
    for (const kind of STRANGE) {
      const call = channel.startSession(kind, { action: 'throwStrange', payload: kind });
      const error = await fails(t, call, 'ERR_PSC_LISTENER_FAILED');
      t.is(typeof error.message, 'string', kind);
      t.is(await channel.startSession(`${kind} again`, { action: 'echo', payload: 1 }), 1, kind);
    }
    t.is(errors, '');
    t.is(child.exitCode, null);
    beside.session.cancel();
    await fails(t, beside, 'ERR_PSC_CANCELLED');
  });
}

test('what a transport cannot carry is told so, whatever the transport calls its error', async (t) => {
  const [here] = localPair();
  const channel = new Channel(here);
  const failing = (error: unknown) => {
    here.send = () => {
      throw error;
    };
  };
  const send = (payload: unknown) => channel.startSession(newSessionId(), { action: 'a', payload });
  failing(new Error('An object could not be cloned.'));
  await fails(t, send(new Map([[1, () => {}]])), 'ERR_PSC_NOT_SENDABLE');
  failing(new RangeError('a text of its own'));
  await fails(t, send({ big: 1n }), 'ERR_PSC_NOT_SENDABLE');
  const hostile = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('mine');
    },
  });
  failing(new Error('mine'));
  await fails(t, send(hostile), 'ERR_PSC_NOT_SENDABLE');
  // A transport that is broken is no fault of what was to be sent.
  failing(new TypeError('socket is undefined'));
  await fails(t, send({ plain: 1 }), 'ERR_PSC_IO');
});
