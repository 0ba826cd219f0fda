// Shares a cache with itself, which takes the native addon, and says what came back.

const { join } = require('node:path');
const psc = require(join(process.env.PSC_ROOT, 'dist', 'index.js'));

process.parentPort.once('message', async ({ data: id }) => {
  const stop = await psc.createNodePSCSynchronizer(id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('greeting', { text: 'hello' });
  process.parentPort.postMessage(await adapter.get('greeting'));
  await stop();
});
