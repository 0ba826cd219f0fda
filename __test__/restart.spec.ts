import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Application } from './helpers/applications';
import { nameOfId } from './helpers/built';
import { Participant } from './helpers/participants';
import { filesOf, HOME, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// What becomes of the cache when its synchronizer or its file is gone.

test('the synchronizer is killed: the others go on, and the next one adopts the cache, still warm', async (t) => {
  const id = uniqueId(t);
  const owner = await Participant.start(t);
  const users = [await Participant.start(t), await Participant.start(t)];
  const [one, other] = await Promise.all(users.map((user) => user.open(id)));
  if (one === undefined || other === undefined) throw new Error('never');
  await owner.synchronize(id);
  await one.set('key', 1);
  await other.ready();
  await owner.process.kill();
  t.is(await other.get('key'), 1);
  await other.set('key', 2);
  t.is(await one.get('key'), 2);
  const late = await (await Participant.start(t)).open(id);
  t.is(await late.get('key'), 2);
  const next = await Participant.start(t);
  await next.synchronize(id);
  const fresh = await next.open(id);
  t.is(await fresh.get('key'), 2);
  await fresh.set('key', 3);
  for (const adapter of [one, other, late]) t.is(await adapter.get('key'), 3);
});

test('the same without an id', async (t) => {
  const application = new Application(t);
  const [owner, user] = [await application.run(), await application.run()];
  await owner.synchronize();
  const adapter = await user.open();
  await adapter.set('key', 1);
  await owner.process.kill();
  await adapter.set('second', 2);
  const next = await application.run();
  await next.synchronize();
  const adopted = await next.open();
  t.deepEqual([await adopted.get('key'), await adopted.get('second')], [1, 2]);
});

test('a region that is removed under its users: all of them meet in a new one', async (t) => {
  const id = uniqueId(t);
  const owner = await Participant.start(t);
  await owner.synchronize(id);
  const users = [owner, await Participant.start(t), await Participant.start(t)];
  const adapters = await Promise.all(users.map((user) => user.open(id)));
  const mirror = await users[1]?.process.ask<number>('openMirror', id);
  for (const [number, adapter] of adapters.entries()) await adapter.set(`key ${number}`, number);
  const path = join(HOME, `${nameOfId(id)}.region`);
  for (let round = 0; round < 3; round += 1) {
    rmSync(path);
    await until('there is a new one', () => existsSync(path));
    for (const [number, adapter] of adapters.entries()) {
      const key = `${round} ${number}`;
      await until('the set has arrived everywhere', async () => {
        await adapter.set(key, round);
        const read = await Promise.all(adapters.map((each) => each.get(key)));
        return read.every((value) => value === round);
      });
      await until('the mirror has it', async () => {
        return (await users[1]?.process.ask('get', mirror, key)) === round;
      });
    }
  }
  t.is((await Promise.all(adapters.map((each) => each.get('key 0')))).join(''), '');
});

test('when the last user has left, nothing is left', async (t) => {
  const id = uniqueId(t);
  const owner = await Participant.start(t);
  await owner.synchronize(id);
  await (await owner.open(id)).set('key', 1);
  t.true(filesOf(id).length > 1);
  await owner.stop();
  await owner.process.ask('leave');
  t.like(await owner.process.ended, { code: 0 });
  t.deepEqual(filesOf(id), []);
});

for (const [verb, code] of [
  ['exit', 0],
  ['fail', 1],
] as const) {
  test(`a run that ends by ${verb === 'exit' ? 'process.exit' : 'an uncaught error'} leaves no file either`, async (t) => {
    const id = uniqueId(t);
    const owner = await Participant.start(t);
    await owner.synchronize(id);
    const mine = await owner.open(id);
    const user = await Participant.start(t);
    const theirs = await user.open(id);
    await mine.set('key', 1);
    owner.process.ask(verb).catch(() => {});
    t.like(await owner.process.ended, { code });
    // Not the last one yet: the others go on, and a new synchronizer may start at once.
    t.is(await theirs.get('key'), 1);
    await user.synchronize(id);
    await theirs.set('key', 2);
    t.is(await theirs.get('key'), 2);
    user.process.ask(verb).catch(() => {});
    t.like(await user.process.ended, { code });
    t.deepEqual(filesOf(id), []);
  });
}

test('those that leave at the same time leave nothing', async (t) => {
  const id = uniqueId(t);
  const users = await Promise.all(Array.from({ length: 4 }, () => Participant.start(t)));
  await users[0]?.synchronize(id);
  for (const user of users) await (await user.open(id)).set('key', 1);
  await users[0]?.stop();
  for (const { process } of users) process.ask('exit').catch(() => {});
  await Promise.all(users.map(({ process }) => process.ended));
  t.deepEqual(filesOf(id), []);
});

test('what killed processes left is gone as soon as any synchronizer of the user starts', async (t) => {
  const [killed, started] = [uniqueId(t), uniqueId(t)];
  const owner = await Participant.start(t);
  await owner.synchronize(killed);
  await (await owner.open(killed)).set('key', 1);
  t.true(filesOf(killed).length > 1);
  await owner.process.kill();
  // Another test's synchronizer may do it first, or at the same time.
  const other = await Participant.start(t);
  await other.synchronize(started);
  await until('nothing is left', () => filesOf(killed).length === 0);
});

test('a second run of an application, which has a name of its own, leaves no file', async (t) => {
  const application = new Application(t);
  const first = await application.run();
  await first.synchronize();
  const second = await application.run();
  await second.synchronize();
  const own = () =>
    readdirSync(HOME).filter((file) => file.startsWith(`run-${second.process.pid}`));
  t.true(own().length > 1);
  second.process.ask('exit').catch(() => {});
  t.like(await second.process.ended, { code: 0 });
  t.deepEqual(own(), []);
});

test('a synchronizer that makes the cache anew takes the users of the old one with it', async (t) => {
  const id = uniqueId(t);
  const owner = await Participant.start(t);
  const user = await Participant.start(t);
  await owner.synchronize(id);
  const [mine, theirs] = [await owner.open(id), await user.open(id)];
  await mine.set('key', 'old');
  t.is(await theirs.get('key'), 'old');
  await owner.stop();
  for (const file of filesOf(id)) rmSync(join(HOME, file), { recursive: true, force: true });
  await owner.synchronize(id);
  t.is(await mine.get('key'), undefined);
  await mine.set('key', 'new');
  t.is(await mine.get('key'), 'new');
  // The other process was told by nobody: it looks for itself now and then.
  await until('the other has the new one', async () => (await theirs.get('key')) === 'new');
});
