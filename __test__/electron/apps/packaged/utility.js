// Sets what it is told to set.

const { createPSCAdapter, NodeSyncAdapter } = require('psc-native');

process.parentPort.once('message', async ({ data: { id, key, value } }) => {
  await createPSCAdapter(NodeSyncAdapter(undefined, id)).set(key, value);
  process.parentPort.postMessage('set');
});
