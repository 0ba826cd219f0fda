import { join } from 'node:path';
import test from 'ava';
import { Application } from './helpers/application';
import { Project } from './helpers/project';

// Channels and sessions over what Electron has between its processes.

declare global {
  /** Of the main process of the app `session`. */
  var steps: Record<string, () => Promise<unknown>>;
}

test('sessions between main, a sandboxed window and a utility process answer, or say that the other end is gone', async (t) => {
  const project = Project.create(t, join(__dirname, 'apps', 'session'));
  const main = await project.bundle('main.mjs', { platform: 'node', target: 'node16' });
  await project.bundle('preload.mjs');
  await project.bundle('utility.mjs', { platform: 'node', target: 'node16' });
  const app = await Application.launch(t, project.start(main));
  const step = (name: string) => app.evaluate((_, which) => globalThis.steps[which]?.(), name);
  await step('open');
  const logs = ['echoing to the window'];
  t.deepEqual(await step('bothWays'), ['to the window', 'to main', logs]);
  t.deepEqual(await step('reload'), ['ERR_PSC_PEER_DISCONNECTED', 'again']);
  const left = [['did-navigate', 'farewell'], 'to the next page', false];
  t.deepEqual(await step('leave'), left);
  t.is(await step('crash'), 'ERR_PSC_PEER_DIED');
  t.deepEqual(await step('close'), ['ERR_PSC_PEER_DISCONNECTED', 0]);
  t.deepEqual(await step('utility'), ['to the utility process', 'ERR_PSC_PEER_DIED']);
});
