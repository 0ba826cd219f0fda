import test from 'ava';
import { createElectronPSCSynchronizer } from '../ts/electron/main';
import { WIRE_VERSION } from '../ts/electron/wire';
import { FakeElectron, type FakeWindow } from './helpers/fakeWindows';
import { until } from './helpers/until';

// What a window says in a few bytes can have a long answer, and it pays for that.

const LIMITS = { maxEventsPerSecond: 1000 };

function start(options: Parameters<typeof createElectronPSCSynchronizer>[1] = {}) {
  const electron = new FakeElectron();
  const synchronizer = createElectronPSCSynchronizer(electron.ipcMain, options);
  return { electron, synchronizer };
}

const codes = (told: readonly { error?: { code: string } | undefined }[]) =>
  told.flatMap(({ error }) => (error === undefined ? [] : [error.code]));

const LONG = JSON.stringify('x'.repeat(2 ** 20));

/** Has a window ask for a long value again and again, all at once. */
function askForLong(window: FakeWindow, times: number): void {
  window.say({ type: 'init' });
  window.say({ key: 'long', text: LONG, write: 2 });
  window.told.length = 0;
  for (let write = 3; write < 3 + times; write += 1)
    window.sendRaw(WIRE_VERSION, 'init', undefined, 'm', write, 'long', undefined, undefined, 0);
}

test('who asks again and again for a long value pays for the answers, and is cut off, with what waits', async (t) => {
  const { electron, synchronizer } = start({ limits: LIMITS });
  const [window, calm] = [electron.window(), electron.window()];
  calm.say({ type: 'init', senderID: 'c' });
  askForLong(window, 900);
  await until('all is heard', () => synchronizer.stats().waiting === 0);
  const answers = window.told.filter(({ key }) => key === 'long').length;
  t.true(answers > 0 && answers < 20, `${answers} answers`);
  t.deepEqual(codes(window.told), ['ERR_PSC_RATE_LIMITED']);
  t.true(synchronizer.stats().limited > 880);
  calm.say({ senderID: 'c', key: 'calm', text: '"heard"', write: 2 });
  t.is(calm.told.at(-1)?.key, 'calm');
  const question = [WIRE_VERSION, 'init', undefined, 'm', 2000, '', undefined, undefined];
  await until('it is heard again', () => window.ask(...question) !== null);
});

test('questions of a window that is gone by the time of their turn are not answered', async (t) => {
  const { electron, synchronizer } = start();
  const [window, calm] = [electron.window(), electron.window()];
  calm.say({ type: 'init', senderID: 'c' });
  askForLong(window, 100);
  const { answered } = synchronizer.stats();
  window.crash();
  await until('all is heard', () => synchronizer.stats().waiting === 0);
  t.is(synchronizer.stats().answered, answered);
  t.true(synchronizer.stats().dropped > 90);
});

for (const [what, write, rest] of [
  ['repeats a write', 2, []],
  ['expects what is not so', 3, [undefined, 77, 5]],
] as const) {
  test(`who ${what} again and again gets only so much of the long value that is there, and others are heard`, async (t) => {
    const { electron, synchronizer } = start({ limits: LIMITS });
    const [window, calm] = [electron.window(), electron.window()];
    calm.say({ type: 'init', senderID: 'c' });
    askForLong(window, 0);
    for (let n = 0; n < 900; n += 1) {
      window.sendRaw(
        WIRE_VERSION,
        'set',
        undefined,
        'm',
        write + n * (write - 2),
        'long',
        '1',
        ...rest,
      );
    }
    await until('all is heard', () => synchronizer.stats().waiting === 0);
    const answers = window.told.filter(({ key }) => key === 'long').length;
    // The longer it takes, the more it may be told.
    t.true(answers > 0 && answers < 300, `${answers} answers`);
    calm.say({ senderID: 'c', key: 'calm', text: '"heard"', write: 2 });
    t.is(calm.told.at(-1)?.key, 'calm');
  });
}
