import type { ChildProcess } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { Channel, newSessionId, Session, type SessionInit } from '../ts/session';
import { forkFixture } from './helpers/channels';
import { counts } from './helpers/counts';
import { until } from './helpers/until';

// Three processes: the engine, and two plugins that call each other through it. A tree of depth 4 crosses each of the
// two boundaries twice.

interface Growth {
  readonly name: string;
  readonly lines: number;
  readonly below?: Growth;
  readonly wait?: boolean;
}

/** What plugin A asks of the engine, that asks of B; what B asks, the engine does itself. */
class EngineSession extends Session<{ grow: Growth }> {
  constructor(
    init: SessionInit,
    private readonly engine: EngineChannel,
  ) {
    super(init, engine.child);
  }

  protected override initializeListeners(): void {
    super.initializeListeners();
    this.setListener('grow', async (payload) => {
      const { name, lines, wait } = payload;
      const { next } = this.engine;
      if (next !== undefined) return next.startSession(this, { action: 'grow', payload });
      for (let n = 0; n < 2 * lines; n += 1) this.log('info', `${name} ${n}`);
      if (wait === true) await new Promise(() => {});
      return name;
    });
  }
}

class EngineChannel extends Channel<EngineSession> {
  constructor(
    readonly child: ChildProcess,
    readonly next: EngineChannel | undefined,
    onLog: (line: string, path: readonly string[]) => void,
  ) {
    super(child, { onLog: ({ message }, { path }) => onLog(message, path) });
  }

  protected override createSession(init: SessionInit): EngineSession {
    return new EngineSession(init, this);
  }
}

async function startTree(t: ExecutionContext) {
  const logs = new Map<string, { path: readonly string[]; lines: number[] }>();
  const onLog = (line: string, path: readonly string[]) => {
    const [name = '', number] = line.split(' ');
    const known = logs.get(name) ?? { path, lines: [] };
    logs.set(name, known);
    t.deepEqual(path, known.path);
    known.lines.push(Number(number));
  };
  const b = new EngineChannel(forkFixture(t, 'session-branch'), undefined, onLog);
  const a = new EngineChannel(forkFixture(t, 'session-branch'), b, onLog);
  const ask = (action: string) =>
    Promise.all([a, b].map((channel) => channel.startSession(newSessionId(), { action })));
  await ask('open');
  return { a, b, logs, ask };
}

function growth(lines: number, wait: boolean): Growth {
  // The engine passes on what A asks for, to B, in a session of its own: four sessions in a line.
  const engine = { name: 'engine', lines, wait };
  const b = { name: 'b', lines, wait: false, below: engine };
  return { name: 'a', lines, wait: false, below: b };
}

test('every log line of a tree over three processes reaches the top in order, with its path', async (t) => {
  const { a, b, logs } = await startTree(t);
  const lines = counts(50, 1000);
  const result = await a.startSession('top', { action: 'grow', payload: growth(lines, false) });
  t.is(result, 'a');
  const inOrder = Array.from({ length: 2 * lines }, (_, n) => n);
  t.deepEqual([...logs.keys()].sort(), ['a', 'b', 'engine']);
  for (const { lines: heard } of logs.values()) t.deepEqual(heard, inOrder);
  const path = (name: string) => logs.get(name)?.path ?? [];
  t.deepEqual(path('a'), ['top']);
  // a's call of the engine, and the engine's call of b.
  t.deepEqual(path('b').slice(0, 1), path('a'));
  t.is(path('b').length, 3);
  t.deepEqual(path('engine').slice(0, 3), path('b'));
  t.is(path('engine').length, 4);
  t.is(new Set(path('engine')).size, 4);
  t.is(a.openSessions + b.openSessions, 0);
});

test('cancelling the root finishes the whole tree on every process, and leaves nothing', async (t) => {
  const { a, b, logs, ask } = await startTree(t);
  const times: number[] = [];
  for (let round = 0; round < counts(5, 50); round += 1) {
    logs.clear();
    const call = a.startSession(newSessionId(), { action: 'grow', payload: growth(2, true) });
    await until('the lowest session is at work', () => logs.get('engine')?.lines.length === 4);
    t.is(a.openSessions + b.openSessions, 4);
    const start = performance.now();
    call.session.cancel(new Error('enough'));
    await t.throwsAsync(call, { code: 'ERR_PSC_CANCELLED' });
    t.is(a.openSessions + b.openSessions <= 4, true);
    await until('nothing is open here', () => a.openSessions + b.openSessions === 0);
    await until('nothing is open there', async () => (await ask('open')).join() === '0,0');
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1] as number;
  const worst = times.at(-1) as number;
  t.log(`on all processes after ${median.toFixed(1)} ms, at most ${worst.toFixed(1)} ms`);
  // 50 ms on a quiet machine; other work on it must not fail the test.
  t.true(median < 500);
  t.deepEqual(await ask('timers'), [0, 0]);
  for (const { child } of [a, b]) {
    const before = child.listenerCount('message');
    t.is(before, 1);
  }
  a.close();
  b.close();
  for (const { child } of [a, b]) t.is(child.listenerCount('message'), 0);
});
