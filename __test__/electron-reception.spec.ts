import test from 'ava';
import { createElectronPSCSynchronizer } from '../ts/electron/main';
import { EXPOSE, WIRE_VERSION } from '../ts/electron/wire';
import { FakeElectron } from './helpers/fakeWindows';
import { until } from './helpers/until';

// What main makes of what windows send, whatever they send. Each order of events is played here; that Electron behaves
// so is shown in __test__/electron/.

function start(options: Parameters<typeof createElectronPSCSynchronizer>[1] = {}) {
  const electron = new FakeElectron();
  const synchronizer = createElectronPSCSynchronizer(electron.ipcMain, options);
  return { electron, synchronizer };
}

const values = (told: readonly { type: string; value?: unknown }[]) =>
  told.filter(({ type }) => type === 'set').map(({ value }) => value);

const codes = (told: readonly { error?: { code: string } | undefined }[]) =>
  told.flatMap(({ error }) => (error === undefined ? [] : [error.code]));

test('a window is told of the scopes that it asked for, and of no other', (t) => {
  const { electron } = start();
  const [one, two, other] = [electron.window(), electron.window(), electron.window()];
  one.say({ type: 'init', senderID: 'one' });
  two.say({ type: 'init', senderID: 'two' });
  other.say({ type: 'init', senderID: 'other', scope: 's' });
  one.say({ senderID: 'one', text: '"x"', write: 2 });
  t.deepEqual(
    [one, two, other].map(({ told }) => values(told)),
    [['x'], ['x'], []],
  );
});

test('a window cannot write in the name of another', (t) => {
  const { electron, synchronizer } = start();
  const [victim, attacker] = [electron.window(), electron.window()];
  victim.say({ type: 'init', senderID: 'victim' });
  attacker.say({ type: 'init', senderID: 'attacker' });
  attacker.say({ senderID: 'victim', text: '"forged"', write: 2 });
  victim.say({ senderID: 'victim', text: '"real"', write: 2 });
  t.deepEqual(values(victim.told), ['real']);
  t.is(synchronizer.stats().dropped, 1);
});

test('what comes from a frame that is gone is dropped and counted', (t) => {
  const { electron, synchronizer } = start();
  const window = electron.window();
  window.say({ type: 'init' }, null);
  t.like(synchronizer.stats(), { received: 1, dropped: 1, answered: 0 });
});

test('what a document says as it is left is not taken for what the next one says', (t) => {
  const { electron, synchronizer } = start({ allow: ({ url }) => url === 'app://trusted' });
  const window = electron.window('app://trusted');
  // The ids are those of the document that was left, which was in another process.
  window.say({ type: 'init', senderID: 'left' }, window.frame, 7);
  t.like(synchronizer.stats(), { dropped: 1, answered: 0, mirrors: 0 });
});

test('what is no event is dropped and counted, and nothing is thrown', (t) => {
  const { electron, synchronizer } = start();
  const window = electron.window();
  const garbage = [[], [null], [{}], [1, 'set'], [2, 'set', 's', 'm', 1, 'k', '1'], ['__proto__']];
  for (const args of garbage) t.notThrows(() => window.sendRaw(...args));
  t.is(synchronizer.stats().malformed, garbage.length);
});

test('an upstream event as an object is for test doubles only: main would have to encode it', (t) => {
  const { electron, synchronizer } = start();
  electron.window().sendRaw({ type: 'set', senderID: 'm', key: 'k', value: { large: true } });
  t.like(synchronizer.stats(), { malformed: 1, applied: 0 });
});

test('subscriptions end with the document, by navigation, crash and closing', (t) => {
  const { electron, synchronizer } = start();
  for (const end of ['navigate', 'crash', 'destroy'] as const) {
    const [one, two] = [electron.window(), electron.window()];
    one.say({ type: 'init', senderID: `one ${end}` });
    two.say({ type: 'init', senderID: `two ${end}` });
    one[end]();
    t.is(synchronizer.stats().mirrors, 1, end);
    two.say({ senderID: `two ${end}`, key: end, write: 2 });
    t.deepEqual(values(one.told), [], end);
    two.destroy();
  }
  t.is(synchronizer.stats().mirrors, 0);
});

test('only what a window itself shows may use the cache, unless `allow` says otherwise', (t) => {
  const { electron } = start();
  const window = electron.window();
  const inner = window.embed('https://ads.example', 2);
  window.say({ type: 'init', senderID: 'inner' }, inner, 2);
  window.say({ senderID: 'inner', write: 2 }, inner, 2);
  t.deepEqual(codes(window.told), ['ERR_PSC_NOT_ALLOWED', 'ERR_PSC_NOT_ALLOWED']);
});

test('`allow` is asked once for a document, a scope and a type, with the address of the document', (t) => {
  const asked: string[] = [];
  const { electron } = start({
    allow({ url, scope, type }) {
      asked.push(`${url} ${scope} ${type}`);
      return scope !== 'secret' && type !== 'clear';
    },
  });
  const window = electron.window('app://shop');
  window.say({ type: 'init', scope: 's' });
  window.say({ scope: 's', write: 2 });
  window.say({ scope: 's', write: 3 });
  window.say({ type: 'clear', scope: 's', write: 4 });
  window.say({ type: 'init', scope: 'secret', write: 5 });
  t.deepEqual(asked, [
    'app://shop s init',
    'app://shop s set',
    'app://shop s clear',
    'app://shop secret init',
  ]);
  t.deepEqual(codes(window.told), ['ERR_PSC_NOT_ALLOWED', 'ERR_PSC_NOT_ALLOWED']);
  window.navigate();
  window.say({ type: 'init', scope: 's', senderID: 'next' });
  t.is(asked.length, 5);
});

test('an `allow` that throws, or returns what is no boolean, allows nothing', (t) => {
  const { electron, synchronizer } = start({
    allow: ({ scope }) => {
      if (scope === 'throws') throw new Error('a fault of the application');
      return 1 as unknown as boolean;
    },
  });
  const window = electron.window();
  t.notThrows(() => window.say({ type: 'init', scope: 'throws' }));
  t.notThrows(() => window.say({ type: 'init', scope: 'number', senderID: 'n' }));
  t.is(synchronizer.stats().answered, 0);
});

test('keys and values beyond the limits are refused, and the key reads as before', (t) => {
  const { electron } = start({ limits: { maxKeyBytes: 10, maxValueBytes: 20 } });
  const window = electron.window();
  window.say({ type: 'init' });
  window.say({ text: '"kept"', write: 2 });
  window.say({ text: JSON.stringify('x'.repeat(30)), write: 3 });
  window.say({ text: JSON.stringify('é'.repeat(12)), write: 4 });
  window.say({ key: 'k'.repeat(11), write: 5 });
  t.deepEqual(codes(window.told), [
    'ERR_PSC_VALUE_TOO_LARGE',
    'ERR_PSC_VALUE_TOO_LARGE',
    'ERR_PSC_KEY_TOO_LARGE',
  ]);
  const [refused] = window.told.filter(({ error }) => error !== undefined);
  t.like(refused, { type: 'set', key: 'k', value: 'kept', write: 3 });
});

test('a window that holds too much is refused more, and the others are not', (t) => {
  const { electron } = start({ limits: { maxBytes: 2100 } });
  const [greedy, modest] = [electron.window(), electron.window()];
  greedy.say({ type: 'init', senderID: 'greedy' });
  modest.say({ type: 'init', senderID: 'modest' });
  const text = JSON.stringify('x'.repeat(800));
  for (let write = 2; write < 6; write += 1)
    greedy.say({ senderID: 'greedy', key: `${write}`, text, write });
  t.true(codes(greedy.told).includes('ERR_PSC_QUOTA_EXCEEDED'));
  modest.say({ senderID: 'modest', key: 'm', text, write: 2 });
  t.deepEqual(codes(modest.told), []);
  // What another has set since then is not the greedy one's any more.
  modest.say({ senderID: 'modest', key: '2', text: '1', write: 3 });
  greedy.told.length = 0;
  greedy.say({ senderID: 'greedy', key: 'again', text, write: 9 });
  t.deepEqual(codes(greedy.told), []);
});

test('a window that sends too much is cut off, and the others are not', (t) => {
  const { electron, synchronizer } = start({ limits: { maxEventsPerSecond: 50 } });
  const [flooding, calm] = [electron.window(), electron.window()];
  flooding.say({ type: 'init', senderID: 'f' });
  calm.say({ type: 'init', senderID: 'c' });
  for (let write = 2; write < 500; write += 1) flooding.say({ senderID: 'f', write });
  t.deepEqual(codes(flooding.told), ['ERR_PSC_RATE_LIMITED']);
  t.true(synchronizer.stats().limited > 400);
  calm.say({ senderID: 'c', text: '"heard"', write: 2 });
  t.is(values(calm.told).at(-1), 'heard');
});

test('of what a window says at once, much waits for its turn, in order, and what others say does not', async (t) => {
  const { electron, synchronizer } = start();
  const [flooding, calm] = [electron.window(), electron.window()];
  flooding.say({ type: 'init', senderID: 'f' });
  calm.say({ type: 'init', senderID: 'c' });
  for (let write = 2; write < 1000; write += 1)
    flooding.say({ senderID: 'f', key: 'flood', text: `${write}`, write });
  const { waiting } = synchronizer.stats();
  t.true(waiting > 500);
  calm.say({ senderID: 'c', key: 'calm', text: '"heard"', write: 2 });
  t.is(calm.told.at(-1)?.key, 'calm');
  await new Promise(setImmediate);
  const left = synchronizer.stats().waiting;
  t.true(left < waiting && left > 0);
  await until('all is heard', () => synchronizer.stats().waiting === 0);
  const heard = calm.told.filter(({ key }) => key === 'flood').map(({ value }) => value);
  t.deepEqual(
    heard,
    Array.from({ length: 998 }, (_, at) => at + 2),
  );
});

test('what a window said at once before it was closed is heard, and nothing of it is kept', async (t) => {
  const { electron, synchronizer } = start();
  const [leaving, staying] = [electron.window(), electron.window()];
  leaving.say({ type: 'init', senderID: 'l' });
  staying.say({ type: 'init', senderID: 's' });
  for (let write = 2; write < 500; write += 1)
    leaving.say({ senderID: 'l', text: `${write}`, write });
  leaving.destroy();
  t.is(synchronizer.stats().mirrors, 1);
  await until('the last word is heard', () => values(staying.told).at(-1) === 499);
  t.like(synchronizer.stats(), { mirrors: 1, dropped: 0, failures: 0 });
});

test('a question that is waited for is always answered', (t) => {
  const { electron } = start({ expose: 'cache', limits: { maxEventsPerSecond: 3 } });
  const window = electron.window();
  t.is(window.ask(WIRE_VERSION, EXPOSE), 'cache');
  const question = [WIRE_VERSION, 'init', undefined, 'm', 1, '', undefined, undefined];
  t.is((window.ask(...question) as unknown[]).length, 1);
  for (const garbage of [[], [null], [WIRE_VERSION, 'set'], question, question]) {
    t.is(window.ask(...garbage), null);
  }
});

test('a closed synchronizer hears nothing, leaves no listener, and makes place for another', (t) => {
  const { electron, synchronizer } = start();
  const window = electron.window();
  window.say({ type: 'init' });
  synchronizer.close();
  synchronizer.close();
  t.deepEqual(electron.ipcMain.eventNames(), []);
  t.deepEqual(window.webContents.eventNames(), []);
  const next = createElectronPSCSynchronizer(electron.ipcMain);
  t.not(next, synchronizer);
  t.is(createElectronPSCSynchronizer(electron.ipcMain), next);
});
