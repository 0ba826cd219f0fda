import { type ChildProcess, fork } from 'node:child_process';
import EventEmitter, { once } from 'node:events';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Channel, type ChannelImplement, type ChannelOptions } from '../../ts/session';

export interface ForkOptions {
  readonly execArgv?: string[];
  readonly serialization?: 'json' | 'advanced';
  readonly silent?: boolean;
}

/** Starts a fixture, which ends with its test. Need not be waited for: messages wait until it listens. */
export function forkFixture(
  t: ExecutionContext,
  name: string,
  options: ForkOptions = {},
): ChildProcess {
  const child = fork(join(__dirname, '../fixtures', `${name}.mjs`), { execArgv: [], ...options });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/** A channel to a process whose sessions do what they are told, when that has started. */
export async function openPlugin(
  t: ExecutionContext,
  options: ChannelOptions = {},
  how: ForkOptions = {},
): Promise<{ channel: Channel; child: ChildProcess }> {
  const child = forkFixture(t, 'session-plugin', how);
  const channel = new Channel(child, options);
  await channel.startSession('the first', { action: 'ready' });
  return { channel, child };
}

/** An end of a transport within this process. */
export class LocalEnd extends EventEmitter implements ChannelImplement {
  other: LocalEnd | undefined;
  /** What was sent, after the greeting. */
  readonly sent: unknown[] = [];

  send(message: unknown): void {
    const copy = structuredClone(message);
    if ((copy as { type?: unknown }).type !== 'hello') this.sent.push(copy);
    setImmediate(() => this.other?.emit('message', copy));
  }

  /** The frames sent so far, by type. */
  get types(): string[] {
    return this.sent.map((frame) => (frame as { type: string }).type);
  }
}

/** Two ends of a transport within this process, that copies what it carries and delivers it later. */
export function localPair(): [LocalEnd, LocalEnd] {
  const pair: [LocalEnd, LocalEnd] = [new LocalEnd(), new LocalEnd()];
  [pair[0].other, pair[1].other] = [pair[1], pair[0]];
  return pair;
}
