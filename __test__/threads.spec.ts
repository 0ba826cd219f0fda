import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { Application } from './helpers/applications';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { filesOf, uniqueId } from './helpers/unique';

// Worker threads of one process, each with a JavaScript environment of its own.

class Threads {
  constructor(readonly process: TestProcess) {}

  static async start(t: ExecutionContext, path = 'threads'): Promise<Threads> {
    const { PSC_NATIVE_NAME: _, ...env } = process.env;
    return new Threads(await TestProcess.start(t, path, { env }));
  }

  async open(id?: string, script?: string) {
    const number = await this.process.ask<number>('start', script, id);
    const ask = (verb: string, ...args: unknown[]) => {
      return this.process.ask('thread', number, verb, ...args);
    };
    return { ask, terminate: () => this.process.ask('terminate', number) };
  }
}

test('threads share the cache with each other and with other processes', async (t) => {
  const id = uniqueId(t);
  const threads = await Threads.start(t);
  const early = await threads.open(id);
  await threads.process.ask('synchronize', id);
  const others = [await threads.open(id), await threads.open(id)];
  const process_ = await (await Participant.start(t)).open(id);
  await early.ask('ready');
  for (const [n, thread] of [early, ...others].entries()) {
    await thread.ask('set', 'key', { n });
    for (const each of [early, ...others]) t.deepEqual(await each.ask('get', 'key'), { n });
    t.deepEqual(await process_.get('key'), { n });
  }
  await Promise.all(others.map((thread, n) => thread.ask('setAll', 500, n)));
  for (const key of ['key 0', 'key 499']) {
    t.is(await early.ask('get', key), await process_.get(key));
  }
});

test('a thread that ends, or is terminated in the middle of its writes, harms nobody', async (t) => {
  t.timeout(60_000);
  const id = uniqueId(t);
  const threads = await Threads.start(t);
  await threads.process.ask('synchronize', id);
  const stays = await threads.open(id);
  for (let round = 0; round < 10; round += 1) {
    const leaves = await threads.open(id);
    await leaves.ask('set', 'key', round);
    leaves.ask('setAll', 5000, round).catch(() => {});
    await stays.ask('get', 'key 0');
    await leaves.terminate();
    t.is(await stays.ask('get', 'key'), round);
    await stays.ask('set', 'key', `${round}`);
    t.is(await stays.ask('get', 'key'), `${round}`);
  }
  t.is(threads.process.stderr, '');
});

test('process.exit in the middle of what threads write leaves no file', async (t) => {
  const id = uniqueId(t);
  const threads = await Threads.start(t);
  await threads.process.ask('synchronize', id);
  for (let n = 0; n < 3; n += 1) {
    const thread = await threads.open(id);
    await thread.ask('set', 'key', n);
    thread.ask('setAll', 20_000, n).catch(() => {});
  }
  threads.process.ask('exit').catch(() => {});
  t.like(await threads.process.ended, { code: 0, stderr: '' });
  t.deepEqual(filesOf(id), []);
});

test('a thread may be the synchronizer, and the cache outlives it', async (t) => {
  const id = uniqueId(t);
  const threads = await Threads.start(t);
  const owner = await threads.open(id);
  const other = await threads.open(id);
  await owner.ask('synchronize', id);
  await owner.ask('set', 'key', 1);
  // A cache that nobody else uses yet goes with its only user.
  await other.ask('ready');
  await owner.terminate();
  t.is(await other.ask('get', 'key'), 1);
  await threads.process.ask('synchronize', id);
  t.is(await other.ask('get', 'key'), 1);
  await other.ask('set', 'key', 2);
  t.is(await other.ask('get', 'key'), 2);
});

test('threads find the default cache, also when their script is in a dependency', async (t) => {
  const application = new Application(t);
  const program = application.program('main.mjs');
  const fixture = (name: string) => join(__dirname, 'fixtures', `${name}.mjs`);
  writeFileSync(program, `import('${pathToFileURL(fixture('threads')).href}');\n`);
  const script = join(application.folder, 'node_modules/pool/worker.mjs');
  mkdirSync(dirname(script), { recursive: true });
  copyFileSync(fixture('thread'), script);
  const dist = pathToFileURL(join(__dirname, '../dist/index.mjs')).href;
  const text = readFileSync(script, 'utf8').replace('../../dist/index.mjs', dist);
  writeFileSync(script, text);
  writeFileSync(join(dirname(script), 'package.json'), '{}');

  const owner = await Threads.start(t, program);
  await owner.process.ask('synchronize');
  const unrelated = await Threads.start(t, program);
  const threads = [
    await owner.open(),
    await owner.open(undefined, script),
    await unrelated.open(),
    await unrelated.open(undefined, script),
  ];
  for (const [n, thread] of threads.entries()) {
    await thread.ask('ready');
    await thread.ask('set', 'key', n);
    for (const each of threads) t.is(await each.ask('get', 'key'), n);
  }
});
