import { EventEmitter } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { IpcMain } from '../ts/electron/channels';
import { KEYS, nthKey, nthValue } from './fixtures/killed-values.cjs';
import { psc } from './helpers/built';
import { counts } from './helpers/counts';
import { throwsCode } from './helpers/errors';
import { Participant } from './helpers/participants';
import { TestProcess } from './helpers/processes';
import { regionOf, uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// A cache that outlives all of its processes, in a file.

const MAX_BYTES = 4 * 1024 * 1024;
const KILLS = counts(5, 60);

test('all processes end in good order: the next run has what they set', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'data', 'cache.psc');
  const owner = await Participant.start(t);
  await owner.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const user = await Participant.start(t);
  const [mine, theirs] = [await owner.open(id), await user.open(id)];
  await mine.set('mine', { by: 'the owner' });
  await mine.set('removed', 1);
  await owner.stop();
  await owner.process.ask('leave');
  t.like(await owner.process.ended, { code: 0 });
  // Whoever goes on after the synchronizer is heard too.
  await theirs.set('theirs', [1, 2, 3]);
  await theirs.remove('removed');
  await user.process.ask('leave');
  t.like(await user.process.ended, { code: 0 });
  t.deepEqual(readdirSync(join(directory, 'data')), ['cache.psc']);
  t.is(statSync(persist).mode & 0o777, 0o600);

  const next = await Participant.start(t);
  await next.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const adapter = await next.open(id);
  t.deepEqual(await adapter.get('mine'), { by: 'the owner' });
  t.deepEqual(await adapter.get('theirs'), [1, 2, 3]);
  t.is(await adapter.get('removed'), undefined);
  t.is(next.process.stderr, '');
});

test('all processes are killed while they set: nothing acknowledged is lost or old', async (t) => {
  t.timeout(600_000);
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const expected = new Map<string, { writer: number; n: number }>();
  for (let round = 1; round <= KILLS; round += 1) {
    const owner = await Participant.start(t);
    await owner.synchronize(id, { persist, maxBytes: MAX_BYTES });
    const reader = await owner.open(id);
    for (const [key, { writer, n }] of expected) {
      t.deepEqual(await reader.get(key), nthValue(writer, n), `${key} in round ${round}`);
    }
    const writer = await TestProcess.start(t, 'killed-writer');
    const acknowledgements = join(directory, 'acknowledgements');
    writeFileSync(acknowledgements, '');
    writer.ask('write', id, round, acknowledgements).catch(() => {});
    await writer.next('writes', () => writer.told.length > 0);
    await delay(Math.random() * 100);
    await Promise.all([writer.kill(), owner.process.kill()]);
    const last = Number(readFileSync(acknowledgements, 'utf8') || -1);
    for (let n = Math.max(0, last - KEYS + 1); n <= last; n += 1) {
      expected.set(nthKey(n), { writer: round, n });
    }
    // Its promise had not resolved: whether it is there was for the kill to decide.
    expected.delete(nthKey(last + 1));
  }
});

test('entries expire while nobody runs, and no sooner', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const owner = await Participant.start(t);
  await owner.synchronize(id, { persist });
  const set = performance.now();
  await (await owner.open(id, { ttl: 1500 })).set('short', 1);
  await (await owner.open(id, { ttl: 3_600_000 })).set('long', 1);
  await owner.process.kill();
  const next = await Participant.start(t);
  await next.synchronize(id, { persist });
  const adapter = await next.open(id);
  const read = await adapter.get('short');
  t.true(read === 1 || performance.now() - set > 1500);
  await until('it has expired', async () => (await adapter.get('short')) === undefined);
  t.true(performance.now() - set > 1450);
  t.is(await adapter.get('long'), 1);
});

test('one file belongs to one synchronizer, whatever its id', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const [owner, other] = [await Participant.start(t), await Participant.start(t)];
  await owner.synchronize(id, { persist });
  await (await owner.open(id)).set('key', 1);
  const start = () => other.synchronize(uniqueId(t), { persist });
  const error = await throwsCode(t, 'ERR_PSC_ENDPOINT_IN_USE', start);
  t.true(error.message.includes(persist));
  await owner.process.kill();
  // Named by another id, it is the same cache.
  const second = uniqueId(t);
  await other.synchronize(second, { persist });
  t.is(await (await other.open(second)).get('key'), 1);
});

test('a file that cannot be read is moved aside, and that is said', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const first = await Participant.start(t);
  await first.synchronize(id, { persist, maxBytes: MAX_BYTES });
  await (await first.open(id)).set('key', 1);
  await first.process.kill();
  const damaged = readFileSync(persist);
  damaged.fill(0xff, 16, 40);
  writeFileSync(persist, damaged);
  const second = await Participant.start(t);
  await second.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const adapter = await second.open(id);
  t.is(await adapter.get('key'), undefined);
  await adapter.set('key', 2);
  t.regex(second.process.stderr, /\[PSC_SET_ASIDE\]/);
  const aside = readdirSync(directory).find((file) => file.startsWith('cache.psc.aside-')) ?? '';
  t.true(readFileSync(join(directory, aside)).equals(damaged));
  t.true(second.process.stderr.includes(join(directory, aside)));
});

test('what is damaged is left out, the rest is there, and that is said', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const persist = join(directory, 'cache.psc');
  const first = await Participant.start(t);
  await first.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const writer = await first.open(id);
  for (let n = 0; n < 10; n += 1) await writer.set(`key ${n}`, `the value of ${n}`.repeat(100));
  await first.process.kill();
  const bytes = readFileSync(persist);
  const at = bytes.indexOf('the value of 5');
  bytes.write('a', at + 500);
  writeFileSync(persist, bytes);
  const second = await Participant.start(t);
  await second.synchronize(id, { persist, maxBytes: MAX_BYTES });
  const reader = await second.open(id);
  for (let n = 0; n < 10; n += 1) {
    const value = n === 5 ? undefined : `the value of ${n}`.repeat(100);
    t.is(await reader.get(`key ${n}`), value, `${n}`);
  }
  t.regex(second.process.stderr, /\[PSC_DAMAGED\].* 9 entries/);
});

test('another program’s file is refused, and left alone', async (t) => {
  const persist = join(uniqueDirectory(t), 'package.json');
  writeFileSync(persist, '{ "name": "mine" }');
  const start = () => psc.createNodePSCSynchronizer(uniqueId(t), { persist });
  const error = await throwsCode(t, 'ERR_PSC_CORRUPT', start);
  t.true(error.message.includes(persist));
  t.is(readFileSync(persist, 'utf8'), '{ "name": "mine" }');
});

test('paths that are of no use are refused', async (t) => {
  const directory = uniqueDirectory(t);
  const refused = (persist: unknown, code = 'ERR_PSC_INVALID_OPTION', more = {}) =>
    throwsCode(t, code, () =>
      psc.createNodePSCSynchronizer(uniqueId(t), { persist: persist as string, ...more }),
    );
  mkdirSync(join(directory, 'folder'));
  writeFileSync(join(directory, 'file'), 'text');
  symlinkSync(join(directory, 'file'), join(directory, 'link'));
  for (const path of [1, '', true, '/', join(directory, 'folder'), join(directory, 'link')]) {
    await refused(path);
  }
  await refused(join(directory, 'cache'), undefined, { directory });
  await refused(join(directory, 'file', 'below'), 'ERR_PSC_DIRECTORY');
});

test('an Electron application has it in its next run', async (t) => {
  const [id, persist] = [uniqueId(t), join(uniqueDirectory(t), 'cache.psc')];
  const ipcMain = () => new EventEmitter() as unknown as IpcMain;
  const without = () => psc.createElectronPSCSynchronizer(ipcMain(), { persist });
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', without);
  const synchronizer = psc.createElectronPSCSynchronizer(ipcMain(), { id, persist });
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('key', 1);
  await adapter.close();
  synchronizer.close();
  const next = await Participant.start(t);
  await next.synchronize(id, { persist });
  t.is(await (await next.open(id)).get('key'), 1);
});

test('stopping brings what was set to the disk, once', async (t) => {
  const [id, directory] = [uniqueId(t), uniqueDirectory(t)];
  const stop = await psc.createNodePSCSynchronizer(id, { persist: join(directory, 'cache.psc') });
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('key', 1);
  const region = regionOf(id);
  const stopped = stop();
  t.is(stop(), stopped);
  t.is(await stopped, undefined);
  region.validate();
  t.is(adapter.get('key'), 1);
});
