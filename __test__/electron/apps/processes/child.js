// A native process of any kind: sets and gets what it is told to.

const { join } = require('node:path');
const { createPSCAdapter, NodeSyncAdapter } = require(join(process.env.PSC_ROOT, 'dist/index.js'));

const adapter = createPSCAdapter(NodeSyncAdapter(undefined, process.argv[2]));
const port = process.parentPort;
const say = (message) => (port ? port.postMessage(message) : process.send(message));

async function take({ number, method, args }) {
  say({ number, result: await adapter[method](...args) });
}

if (port) port.on('message', ({ data }) => take(data));
else process.on('message', take);
adapter.ready.then(() =>
  say({ number: 0, result: `${process.type ?? process.versions.electron ?? 'node'}` }),
);
