// The engine: runs each plugin in a process of its own, and puts them through to each other.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Channel, newSessionId, Session } from 'psc-native/session';
import { ACTION_CALL, ACTION_RUN, PLUGINS } from './protocol.mjs';

const PROGRAM = fileURLToPath(new URL('./plugin.mjs', import.meta.url));

class EngineSession extends Session {
  #engine;

  constructor(init, implement, engine) {
    super(init, implement);
    this.#engine = engine;
  }

  initializeListeners() {
    super.initializeListeners();
    // Nothing about logs and progress: they pass through here to the session at the top by themselves.
    this.setListener(ACTION_CALL, ({ plugin, task, input }) =>
      this.#engine.begin(this, plugin, task, input),
    );
  }
}

class EngineChannel extends Channel {
  #engine;

  constructor(implement, engine, options) {
    super(implement, options);
    this.#engine = engine;
  }

  createSession(init) {
    return new EngineSession(init, this.implement, this.#engine);
  }
}

/** Plugins in processes of their own. */
export class Engine {
  #plugins = new Map();

  /** @param options - Of its channels: who is told of logs and progress. */
  constructor(options) {
    for (const name of PLUGINS) {
      const child = fork(PROGRAM, [name]);
      this.#plugins.set(name, { child, channel: new EngineChannel(child, this, options) });
    }
  }

  /** Has a plugin do something, below another session or at the top of a tree. */
  begin(parent, plugin, task, input, options) {
    const { channel } = this.#plugins.get(plugin);
    return channel.startSession(parent, { action: ACTION_RUN, payload: { task, input } }, options);
  }

  /** Has a plugin do something, at the top of a tree. */
  run(plugin, task, input, options) {
    return this.begin(newSessionId(), plugin, task, input, options);
  }

  /** How many sessions are open on all channels. */
  get openSessions() {
    return [...this.#plugins.values()].reduce((sum, { channel }) => sum + channel.openSessions, 0);
  }

  /** Ends every plugin that is still running. Resolves when none is. */
  async close() {
    for (const { child, channel } of this.#plugins.values()) {
      channel.close();
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    }
  }
}
