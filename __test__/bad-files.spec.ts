import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { nameOfId, psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { Participant } from './helpers/participants';
import { filesOf, HOME, regionOf, uniqueDirectory, uniqueId } from './helpers/unique';

// Directories and files that cannot hold the cache: a typed error, and nothing is left behind or taken away.

async function refusedDirectory(t: ExecutionContext, directory: string) {
  const id = uniqueId(t);
  const start = () => psc.createNodePSCSynchronizer(id, { directory });
  const error = await throwsCode(t, 'ERR_PSC_DIRECTORY', start);
  t.true(error.message.includes(directory));
  t.deepEqual(filesOf(id), []);
}

/**
 * A region whose synchronizer was killed, and that nobody looks into: this process must not have mapped what it is
 * about to cut. Its one user is stopped, so that no synchronizer of another test collects it.
 */
async function forlornRegion(t: ExecutionContext, id: string) {
  const owner = await Participant.start(t);
  await owner.synchronize(id, { maxBytes: 4 * 1024 * 1024 });
  const user = await Participant.start(t);
  await (await user.open(id)).set('key', 1);
  user.process.signal('SIGSTOP');
  await owner.process.kill();
  return { path: join(HOME, `${nameOfId(id)}.region`), user };
}

test('a directory below a file, or that is a file, is refused', async (t) => {
  const file = join(uniqueDirectory(t), 'file');
  writeFileSync(file, 'text');
  await refusedDirectory(t, file);
  await refusedDirectory(t, join(file, 'below'));
  t.is(readFileSync(file, 'utf8'), 'text');
});

test('a directory that others may write to, or that is a link, is refused', async (t) => {
  const directory = uniqueDirectory(t);
  const [open, link] = [join(directory, 'open'), join(directory, 'link')];
  mkdirSync(open);
  chmodSync(open, 0o777);
  symlinkSync(open, link);
  await refusedDirectory(t, open);
  await refusedDirectory(t, link);
  t.deepEqual(readdirSync(open), []);
});

test('a directory that is somebody else’s, or not writable, is refused', async (t) => {
  const directory = uniqueDirectory(t);
  if (process.getuid?.() === 0) {
    // Root may write anywhere: what is left to refuse is another owner.
    chownSync(directory, 12345, 12345);
  } else {
    chmodSync(directory, 0o500);
    t.teardown(() => chmodSync(directory, 0o700));
    await refusedDirectory(t, '/usr');
  }
  await refusedDirectory(t, directory);
  t.deepEqual(readdirSync(directory), []);
});

test('a file that is no region is refused by all, and left alone', async (t) => {
  const contents = [
    Buffer.from('too short'),
    Buffer.from('not ours\n'.repeat(10_000)),
    Buffer.alloc(4 * 1024 * 1024),
  ];
  for (const content of contents) {
    const id = uniqueId(t);
    const directory = uniqueDirectory(t);
    const path = join(directory, `${nameOfId(id)}.region`);
    writeFileSync(path, content);
    writeFileSync(join(HOME, `${nameOfId(id)}.elsewhere`), directory);
    await throwsCode(t, 'ERR_PSC_CORRUPT', () => regionOf(id));
    const start = () => psc.createNodePSCSynchronizer(id, { directory });
    const error = await throwsCode(t, 'ERR_PSC_CORRUPT', start);
    t.true(error.message.includes(path));
    t.true(readFileSync(path).equals(content));
  }
});

test('a region that was cut short is refused by all, and left alone', async (t) => {
  for (const size of [0, 100, 4096, 1024 * 1024]) {
    const id = uniqueId(t);
    const { path } = await forlornRegion(t, id);
    const file = openSync(path, 'r+');
    ftruncateSync(file, size);
    closeSync(file);
    await throwsCode(t, 'ERR_PSC_CORRUPT', () => regionOf(id));
    await throwsCode(t, 'ERR_PSC_CORRUPT', () => psc.createNodePSCSynchronizer(id));
    t.is(statSync(path).size, size);
  }
});

test('a region whose header lies about its size is refused', async (t) => {
  const id = uniqueId(t);
  const { path } = await forlornRegion(t, id);
  overwrite(path, 16, 8n * 1024n * 1024n);
  await throwsCode(t, 'ERR_PSC_CORRUPT', () => regionOf(id));
  await throwsCode(t, 'ERR_PSC_CORRUPT', () => psc.createNodePSCSynchronizer(id));
});

test('a region of another layout version is refused while it is used, and replaced when it is not', async (t) => {
  const id = uniqueId(t);
  const { path, user } = await forlornRegion(t, id);
  overwrite(path, 8, 999n);
  const newcomer = await Participant.start(t);
  const error = await throwsCode(t, 'ERR_PSC_VERSION_MISMATCH', () => newcomer.synchronize(id));
  t.regex(error.message, /999/);
  await throwsCode(t, 'ERR_PSC_VERSION_MISMATCH', () => newcomer.process.ask('join', nameOfId(id)));
  await user.process.kill();
  await newcomer.synchronize(id);
  const fresh = await newcomer.open(id);
  t.is(await fresh.get('key'), undefined);
  await fresh.set('key', 2);
  t.is(await fresh.get('key'), 2);
});

/** Writes one word of a file. */
function overwrite(path: string, offset: number, word: bigint): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(word);
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, 8, offset);
  closeSync(file);
}
