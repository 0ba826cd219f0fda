import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { psc } from './helpers/built';
import { type Instance, ProcessManager, type Start, writeApplication } from './helpers/pm2';
import { snippetsOf } from './helpers/snippets';
import { uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// Applications under PM2 itself. It is installed into the cache folder, so only `PSC_TEST=full` has these tests;
// applications.spec.ts has others with an imitation.

const inFull = process.env.PSC_TEST === 'full' ? test.serial : test.skip;
const INSTALL_MS = 900_000;
const RECIPE = snippetsOf('docs/recipes/applications.md', '## PM2')('// server.mjs');

/** The recipe without an id. */
const WITHOUT_ID = `
  import { createNodePSCSynchronizer, createPSCAdapter, NodeSyncAdapter } from 'psc-native';
  if (process.env.NODE_APP_INSTANCE === '0') createNodePSCSynchronizer();
  const cache = createPSCAdapter(NodeSyncAdapter());`;

let command = '';

test.before(async (t) => {
  if (process.env.PSC_TEST !== 'full') return;
  t.timeout(INSTALL_MS);
  const { providePM2 } = await import('../scripts/pm2.mjs' as string);
  command = await providePM2();
});

const withId = (id: string) => RECIPE.replaceAll("'shop'", `'${id}'`);

/** Each instance sets a key of its own, and all of them read all. */
async function share(t: ExecutionContext, instances: readonly Instance[], value: string) {
  for (const writer of instances) await writer.ask('set', `key ${writer.pid}`, value);
  for (const reader of instances) {
    for (const { pid } of instances) t.is(await reader.ask('get', `key ${pid}`), value);
  }
}

/** Instances of two applications: each share, and see nothing of the other's. */
async function areApart(t: ExecutionContext, one: readonly Instance[], other: readonly Instance[]) {
  await share(t, one, 'of one');
  await share(t, other, 'of the other');
  for (const reader of one) {
    for (const { pid } of other) t.is(await reader.ask('get', `key ${pid}`), undefined);
  }
}

for (const mode of ['fork', 'cluster'] as const) {
  for (const script of ['main.mjs', 'server/main.cjs']) {
    for (const hasId of [true, false]) {
      const kind = `${mode} mode, ${script.endsWith('mjs') ? 'ES modules' : 'CommonJS'}, ${hasId ? 'an' : 'no'} id`;
      inFull(
        `${kind}: instances of one application share, and two applications do not`,
        async (t) => {
          const manager = new ProcessManager(t, command);
          const start = async () => {
            const code = hasId ? withId(uniqueId(t)) : WITHOUT_ID;
            const folder = await writeApplication(t, { file: script, code });
            return manager.start(folder, { mode, script });
          };
          const [one, other] = [await start(), await start()];
          await share(t, one, 'of one');
          await share(t, other, 'of the other');
          const [[first], [stranger]] = [one, other];
          t.is((await stranger?.ask('get', `key ${first?.pid}`)) ?? undefined, undefined);
          t.is(manager.printed(), '');
        },
      );
    }
  }
}

inFull(
  'reloaded instances find the cache as it was, and after a restart, too, one is the synchronizer',
  async (t) => {
    const id = uniqueId(t);
    const manager = new ProcessManager(t, command);
    const script = 'main.mjs';
    const folder = await writeApplication(t, { file: script, code: withId(id) });
    const before = await manager.start(folder, { mode: 'cluster', script });
    await before[0]?.ask('set', 'kept', 'before');
    for (const verb of ['reload', 'restart']) {
      await manager.run(verb, 'all');
      const now = await manager.instances(folder, 2);
      await share(t, now, verb);
      // A restart may end all of them at once, and what nobody uses anybody may take away.
      if (verb === 'reload') {
        for (const each of now) t.is(await each.ask('get', 'kept'), 'before');
      }
      await until('there is a synchronizer again', async () => {
        try {
          const stop = await psc.createNodePSCSynchronizer(id);
          await stop();
          return false;
        } catch (error) {
          return (error as { code?: string }).code === 'ERR_PSC_ENDPOINT_IN_USE';
        }
      });
    }
    t.is(manager.printed(), '');
  },
);

inFull(
  'instances that all create a synchronizer without an id are told that they do not share',
  async (t) => {
    const manager = new ProcessManager(t, command);
    const script = 'main.mjs';
    const code = WITHOUT_ID.replace(/if \(.*\) /, '');
    const folder = await writeApplication(t, { file: script, code });
    await manager.start(folder, { mode: 'cluster', script });
    await until('one is told', () => manager.printed().includes('PSC_NO_ID'));
    t.regex(manager.printed(), /createNodePSCSynchronizer\('my-app'\)/);
  },
);

const STARTS: Record<string, (script: string) => Start> = {
  'in fork mode': (script) => ({ mode: 'fork', script }),
  'in cluster mode': (script) => ({ mode: 'cluster', script }),
  'by a shell': (script) => ({ mode: 'fork', script: `node ${script}` }),
};

for (const [how, startOf] of Object.entries(STARTS)) {
  inFull(
    `two applications that PM2 starts ${how} by one installed tool do not share, and are told to give an id`,
    async (t) => {
      const manager = new ProcessManager(t, command);
      const written = await writeApplication(t, { file: 'lib/start.mjs', code: WITHOUT_ID });
      const tool = join(uniqueDirectory(t), 'node_modules/some-cli');
      mkdirSync(dirname(tool), { recursive: true });
      renameSync(written, tool);
      const start = () => {
        const folder = uniqueDirectory(t);
        writeFileSync(join(folder, 'package.json'), '{}');
        return manager.start(folder, startOf(join(tool, 'lib/start.mjs')));
      };
      await areApart(t, await start(), await start());
      await until('all are told', () => manager.printed().match(/PSC_NO_ID/g)?.length === 4);
      t.regex(manager.printed(), /was started by .*some-cli/);
    },
  );
}
