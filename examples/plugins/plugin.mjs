// A plugin process: one channel to the engine, and a session for each thing that it is asked to do.

import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Channel, Session } from 'psc-native/session';
import { ACTION_CALL, ACTION_RUN } from './protocol.mjs';

const FILES = 40;
const STEP_MS = 10;

/** What this plugin does, by task. */
const TASKS = {
  indexer: {
    /** Takes its time, and tells how far it is. Stops when its caller has no more use for it. */
    async index({ files = FILES, forever = false }, session) {
      session.log('info', `indexing ${forever ? 'for ever' : `${files} files`}`);
      for (let done = 1; forever || done <= files; done += 1) {
        await delay(STEP_MS, undefined, { signal: session.signal });
        session.progress({ done: Math.min(done, files), total: files, message: 'indexing' });
      }
      session.log('info', 'the index is complete');
      return { files };
    },
  },
  reporter: {
    /** Has another plugin work for it, and streams what it makes of that. */
    async *report({ title }, session) {
      session.log('info', 'needs an index first');
      const { files } = await session.callPlugin('indexer', 'index', { files: FILES });
      yield `# ${title}`;
      for (let line = 1; line <= 3; line += 1) {
        await delay(STEP_MS);
        yield `${line}. ${files * line} words`;
      }
      session.log('info', 'the report is written');
      return { lines: 4 };
    },
  },
  searcher: {
    /** Comes to an end that nobody wanted. */
    async search({ text }, session) {
      session.log('warn', `looking for ${text}, which never ends well`);
      await delay(STEP_MS);
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    },
  },
};

const [name] = process.argv.slice(2);

class PluginSession extends Session {
  #channel;

  constructor(init, implement, channel) {
    super(init, implement);
    this.#channel = channel;
  }

  /** Begins a session below this one, in which the engine has another plugin do something. */
  callPlugin(plugin, task, input) {
    return this.#channel.startSession(this, {
      action: ACTION_CALL,
      payload: { plugin, task, input },
    });
  }

  initializeListeners() {
    super.initializeListeners();
    this.setListener(ACTION_RUN, ({ task, input }) => TASKS[name][task](input, this));
  }
}

class PluginChannel extends Channel {
  createSession(init) {
    return new PluginSession(init, this.implement, this);
  }
}

const channel = new PluginChannel(process);
// Ctrl-C reaches the engine as well, which then disconnects its plugins.
process.on('SIGINT', () => {});
process.on('disconnect', () => {
  channel.close();
  process.exit();
});
