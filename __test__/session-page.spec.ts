import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import {
  Channel,
  type ChannelImplement,
  LOG,
  type LogPayload,
  newSessionId,
  SESSION_FINISH,
  Session,
  type SessionInit,
} from '../ts/session';
import { forkFixture, localPair } from './helpers/channels';
import { until } from './helpers/until';

// What the page says that sessions were made after, sentence by sentence.

const page = createRequire(__filename)('./types/session-page.ts') as {
  MyChannel: new (implement: ChannelImplement) => Channel;
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("the page's own classes talk between processes", async (t) => {
  const tsx = join(__dirname, '../node_modules/tsx/dist/loader.mjs');
  const child = forkFixture(t, 'session-page', { execArgv: [`--import=${tsx}`], silent: true });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  const channel = new page.MyChannel(child);
  const payload = { name: 'Ann', text: 'hello' };
  await channel.startSession(newSessionId(), { action: 'GREETING', payload });
  await channel.startSession(newSessionId(), { action: 'GOODBYE', payload: { name: 'Ann' } });
  await until('both were said', () => said.includes('leaves'));
  t.is(said, 'Greeting from Ann: hello\nAnn leaves\n');
});

class Guest extends Session {
  protected override initializeListeners(): void {
    super.initializeListeners();
    this.setListener('VISIT', () => {
      this.send({ action: 'SEND_GIFT', payload: { price: 5 } });
      this.log('info', 'was there');
      return 'bye';
    });
  }
}

class GuestChannel extends Channel<Guest> {
  protected override createSession(init: SessionInit): Guest {
    return new Guest(init, this.implement);
  }
}

class Host extends Session<{ SEND_GIFT: { price: number } }> {
  constructor(
    init: SessionInit,
    implement: ChannelImplement,
    private readonly gifts: number[],
  ) {
    super(init, implement);
  }

  protected override initializeListeners(): void {
    super.initializeListeners();
    this.setListener('SEND_GIFT', ({ price }) => void this.gifts.push(price));
  }
}

class HostChannel extends Channel<Host> {
  readonly made: Host[] = [];

  constructor(
    implement: ChannelImplement,
    private readonly gifts: number[],
  ) {
    super(implement);
  }

  protected override createSession(init: SessionInit): Host {
    const host = new Host(init, this.implement, this.gifts);
    this.made.push(host);
    return host;
  }
}

test('a channel hands dependencies of its own to its sessions, and what is sent finds them', async (t) => {
  const [here, there] = localPair();
  const gifts: number[] = [];
  const channel = new HostChannel(here, gifts);
  new GuestChannel(there);
  const result = await channel.startSession(newSessionId(), { action: 'VISIT' });
  t.is(result, 'bye');
  t.deepEqual(gifts, [5]);
});

test('a message with a new session id makes a session, with the id of its caller', async (t) => {
  const [here, there] = localPair();
  const channel = new Channel(here);
  const other = new HostChannel(there, []);
  const call = channel.startSession('my id', { action: 'SEND_GIFT', payload: { price: 1 } });
  await call;
  t.is(other.made.length, 1);
  t.is(other.made[0]?.sessionId, 'my id');
  t.is(other.made[0]?.parent, undefined);
  t.is(call.session.sessionId, 'my id');
});

test('ids are UUIDs, also those of children', async (t) => {
  const [here, there] = localPair();
  const channel = new Channel(here);
  new GuestChannel(there);
  const parent = channel.startSession(newSessionId(), { action: 'VISIT' });
  const child = channel.startSession(parent.session, { action: 'VISIT' });
  child.catch(() => {});
  t.regex(parent.session.sessionId, UUID);
  t.regex(child.session.sessionId, UUID);
  t.is(child.session.parent, parent.session);
  t.deepEqual(child.session.path, [parent.session.sessionId, child.session.sessionId]);
  await t.throwsAsync(parent, { code: 'ERR_PSC_UNKNOWN_ACTION' });
});

class Engine extends Session {
  static readonly logs: [string, readonly string[]][] = [];

  protected override initializeListeners(): void {
    super.initializeListeners();
    this.setListener(LOG, (payload: LogPayload, { path }) => {
      Engine.logs.push([payload.message, path]);
    });
    this.setListener('WORK', () => {
      this.log('at work');
      return this.path;
    });
  }
}

class EngineChannel extends Channel<Engine> {
  protected override createSession(init: SessionInit): Engine {
    return new Engine(init, this.implement);
  }
}

test('a log arrives at the session at the top, and the one in between handles nothing', async (t) => {
  const child = forkFixture(t, 'session-plugin');
  const channel = new EngineChannel(child);
  const call = channel.startSession('top', { action: 'below', payload: { action: 'WORK' } });
  const path = await call;
  t.deepEqual(Engine.logs, [['at work', path as string[]]]);
  t.is((path as string[])[0], 'top');
  t.is((path as string[]).length, 2);
});

test('a session in between forwards to its parent what it wants to', async (t) => {
  const [top, topOther] = localPair();
  const [bottom, bottomOther] = localPair();
  class Middle extends Session {
    protected override initializeListeners(): void {
      super.initializeListeners();
      this.setListener('VISIT', () => lower.startSession(this, { action: 'VISIT' }));
      this.setListener('SEND_GIFT', (_, message) => this.forwardMessageToParent(message));
    }
  }
  class MiddleChannel extends Channel<Middle> {
    protected override createSession(init: SessionInit): Middle {
      return new Middle(init, this.implement);
    }
  }
  const gifts: number[] = [];
  const upper = new HostChannel(top, gifts);
  new MiddleChannel(topOther);
  const lower = new MiddleChannel(bottom);
  new GuestChannel(bottomOther);
  t.is(await upper.startSession(newSessionId(), { action: 'VISIT' } as never), 'bye' as never);
  t.deepEqual(gifts, [5]);
});

test('SESSION_FINISH can be sent and listened to like any other message', async (t) => {
  const [here, there] = localPair();
  const finished: unknown[] = [];
  class Ending extends Session {
    protected override initializeListeners(): void {
      super.initializeListeners();
      this.setListener('BEGIN', () => {
        this.send({ action: SESSION_FINISH, payload: 7 });
      });
      this.setListener(SESSION_FINISH, (payload) => void finished.push(payload));
    }
  }
  class EndingChannel extends Channel<Ending> {
    protected override createSession(init: SessionInit): Ending {
      return new Ending(init, this.implement);
    }
  }
  const channel = new EndingChannel(here);
  new EndingChannel(there);
  t.is(await channel.startSession(newSessionId(), { action: 'BEGIN' }), 7);
  t.deepEqual(finished, [{ result: 7 }]);
});

test('a session can only be made by a channel', (t) => {
  const [here] = localPair();
  const init = { sessionId: 'x', parent: undefined, exchange: {} };
  t.throws(() => new Session(init, here), { code: 'ERR_PSC_INVALID_OPTION' });
});
