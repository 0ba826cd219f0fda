import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { throwsCode } from './helpers/errors';
import { TestProcess } from './helpers/processes';
import { uniqueDirectory, uniqueId } from './helpers/unique';
import { until } from './helpers/until';

// Another user has made this user's folder in shared memory first (R20).

/** A user that nobody is. */
const STRANGER = 61_234;
const FOLDER = `/dev/shm/psc-native-${STRANGER}`;

// Only root can be another user, as CI is.
const asRoot = process.getuid?.() === 0 ? test.serial : test.serial.skip;

asRoot(
  'a user whose folder another one has taken uses one of its own, and is told so',
  async (t) => {
    mkdirSync(FOLDER, { mode: 0o777 });
    t.teardown(() => rmSync(FOLDER, { recursive: true, force: true }));
    const home = uniqueDirectory(t);
    chownSync(home, STRANGER, STRANGER);
    const id = uniqueId(t);
    const [owner, user] = [
      await TestProcess.start(t, 'unprivileged'),
      await TestProcess.start(t, 'unprivileged'),
    ];
    for (const each of [owner, user]) await each.ask('become', STRANGER, home);
    await owner.ask('synchronize', id);
    await owner.ask('open', id);
    await user.ask('open', id);
    await owner.ask('set', 'key', 'shared');
    t.is(await user.ask('get', 'key'), 'shared');
    await until('it is told', () => owner.stderr.includes('PSC_FOLDER_TAKEN'));
    t.deepEqual(readdirSync(FOLDER), [], 'nothing is in the folder of the other user');
    t.true(existsSync(join(home, '.cache/psc-native')));
    await owner.ask('stop');
  },
);

asRoot('a user who has nowhere to go is told what is in the way', async (t) => {
  mkdirSync(FOLDER, { mode: 0o777, recursive: true });
  t.teardown(() => rmSync(FOLDER, { recursive: true, force: true }));
  const user = await TestProcess.start(t, 'unprivileged');
  await user.ask('become', STRANGER, '/nonexistent');
  const error = await throwsCode(t, 'ERR_PSC_DIRECTORY', () =>
    user.ask('synchronize', uniqueId(t)),
  );
  t.regex(error.message, /belongs to user 0/);
});
