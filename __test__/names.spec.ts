import test from 'ava';
import { Application } from './helpers/applications';
import { throwsCode } from './helpers/errors';
import { uniqueId } from './helpers/unique';

// R21: who finds which cache.

test('two applications on the default id keep their own caches', async (t) => {
  const [one, other] = [new Application(t), new Application(t, 'main.cjs')];
  const adapters = [];
  for (const [number, application] of [one, other].entries()) {
    const run = await application.run();
    await run.synchronize();
    const adapter = await run.open();
    await adapter.set('key', number);
    adapters.push(adapter);
  }
  t.is(await adapters[0]?.get('key'), 0);
  t.is(await adapters[1]?.get('key'), 1);
});

test('two runs of one application keep their own caches, and their children find theirs', async (t) => {
  const application = new Application(t);
  const runs = [await application.run(), await application.run()];
  const adapters = [];
  for (const [number, run] of runs.entries()) {
    await run.synchronize();
    const adapter = await run.open();
    await adapter.set('key', number);
    adapters.push(adapter, await (await run.fork()).open());
  }
  const read = await Promise.all(adapters.map((adapter) => adapter.get('key')));
  t.deepEqual(read, [0, 0, 1, 1]);
});

test('the processes of one application find its cache, however they were started', async (t) => {
  const application = new Application(t);
  const run = await application.run();
  const early = await run.fork();
  const cleaned = await run.fork({});
  const adapters = [await early.open(), await cleaned.open()];
  const writing = adapters[0]?.set('early', 1);
  await run.synchronize();
  await writing;
  const elsewhere = { cwd: '/', env: {} };
  const unrelated = await application.run(elsewhere);
  const late = await run.fork();
  const lateAndCleaned = await run.fork({});
  for (const each of [unrelated, late, lateAndCleaned, run]) adapters.push(await each.open());
  for (const [number, adapter] of adapters.entries()) {
    await adapter.ready();
    await adapter.set('key', number);
    for (const other of adapters) t.is(await other.get('key'), number);
    t.is(await adapter.get('early'), 1);
  }
});

test('children with a cleaned environment find the run that they descend from', async (t) => {
  const application = new Application(t);
  const [first, second] = [await application.run(), await application.run()];
  const earlyOfSecond = await second.fork({});
  await first.synchronize();
  await second.synchronize();
  const children = [await first.fork({}), await second.fork({}), earlyOfSecond];
  const adapters = [await first.open(), await second.open()];
  for (const [number, adapter] of adapters.entries()) await adapter.set('key', number);
  const read = children.map(async (child) => (await child.open()).get('key'));
  t.deepEqual(await Promise.all(read), [0, 1, 1]);
  // A run that has ended is nobody's to find.
  await second.stop();
  t.is(await (await (await second.fork({})).open()).get('key'), 0);
});

test('a child with a cleaned environment that is of another application does not find its parent', async (t) => {
  const [outer, inner] = [new Application(t), new Application(t, 'main.cjs')];
  const run = await outer.run();
  await run.synchronize();
  await (await run.open()).set('key', 1);
  const child = await run.fork({}, inner.program('main.cjs'));
  const adapter = await child.open();
  t.is(await adapter.get('key'), undefined);
  await child.synchronize();
  await adapter.set('key', 2);
  t.is(await (await run.open()).get('key'), 1);
});

test('an explicit id is the same cache for all applications, and another than the default one', async (t) => {
  const id = uniqueId(t);
  const [one, other] = [await new Application(t).run(), await new Application(t).run()];
  await one.synchronize(id);
  const adapters = [await one.open(id), await other.open(id)];
  await adapters[0]?.set('key', 1);
  t.is(await adapters[1]?.get('key'), 1);
  const unnamed = await other.open();
  await other.synchronize();
  await unnamed.ready();
  t.is(await unnamed.get('key'), undefined);
  await unnamed.set('key', 2);
  t.is(await adapters[0]?.get('key'), 1);
  const another = await other.open(uniqueId(t));
  t.is(await another.get('key'), undefined);
});

test('an id has one synchronizer at a time', async (t) => {
  const id = uniqueId(t);
  const [one, other] = [await new Application(t).run(), await new Application(t).run()];
  await one.synchronize(id);
  const adapter = await other.open(id);
  await adapter.set('key', 1);
  const error = await throwsCode(t, 'ERR_PSC_ENDPOINT_IN_USE', () => other.synchronize(id));
  t.true(error.message.includes(id));
  await throwsCode(t, 'ERR_PSC_ENDPOINT_IN_USE', () => one.synchronize(id));
  t.is(await adapter.get('key'), 1);
  await one.stop();
  await other.synchronize(id);
  t.is(await adapter.get('key'), 1);
  await adapter.set('key', 2);
  t.is(await adapter.get('key'), 2);
});

test('a child that is a synchronizer itself ignores what it inherited', async (t) => {
  const application = new Application(t);
  const run = await application.run();
  await run.synchronize();
  const outer = await run.open();
  await outer.set('key', 'outer');
  const child = await run.fork();
  await child.synchronize();
  const inner = await child.open();
  t.is(await inner.get('key'), undefined);
  await inner.set('key', 'inner');
  t.is(await outer.get('key'), 'outer');
});

test('a run that starts beside another leaves that one whole, though it had joined it first', async (t) => {
  const application = new Application(t);
  const [first, second] = [await application.run(), await application.run()];
  await first.synchronize();
  const theirs = await first.open();
  await theirs.set('key', 'first');
  const early = await second.open();
  t.is(await early.get('key'), 'first');
  await second.synchronize();
  for (let n = 0; n < 600; n += 1) await early.set(`other ${n}`, n);
  t.is(await theirs.get('key'), 'first');
});
