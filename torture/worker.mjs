import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Recorder } from './recorder.mjs';
import { reorderingLink } from './reordering.mjs';
import { roles } from './roles.mjs';
import { starve } from './starve.mjs';

// A process of a round: does what it is told with the package at a path.

const [, , packagePath, history, name] = process.argv;
const psc = await import(pathToFileURL(join(packagePath, 'dist/index.mjs')).href);
const recorder = new Recorder(join(history, `${name}.history`));
let adapter;
let stop;

const verbs = {
  open: async (id, { mirror = false, reordering = false, ...options } = {}) => {
    const transport = psc.NodeSyncAdapter(undefined, id);
    const { send, receive, ready } = transport;
    const link = reordering ? reorderingLink : (deliver) => deliver;
    adapter = psc.createPSCAdapter(
      mirror
        ? { send: link(send), receive: (handler) => receive(link(handler)), ready }
        : transport,
      undefined,
      options,
    );
    await adapter.ready;
  },
  synchronize: async (id, options) => {
    stop = await psc.createNodePSCSynchronizer(id, options);
  },
  stop: async () => stop?.(),
  leave: () => process.exit(),
  starve,
  play: async (role, settings) => {
    await roles[role]({ adapter, recorder, name, ...settings });
    return recorder.count;
  },
  get: (key) => adapter.get(key),
  set: (key, value) => adapter.set(key, value),
  lock: (key) => adapter.locker.lock(key),
  unlock: (key) => adapter.locker.unlock(key),
  getOrSet: (key, value) => adapter.getOrSet(key, () => value),
};

process.on('message', async ({ number, verb, args }) => {
  try {
    process.send({ number, value: await verbs[verb](...args) });
  } catch (error) {
    process.send({ number, error: { code: error.code, message: String(error.stack) } });
  }
});
process.on('disconnect', () => process.exit());
process.send({ number: 0 });
