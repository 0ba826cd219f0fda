import EventEmitter from 'node:events';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import test from 'ava';
import type { ElectronSession, IpcMain } from '../ts/electron/channels';
import {
  createElectronPSCSynchronizer,
  type ElectronPSCSynchronizerOptions,
} from '../ts/electron/main';
import { throwsCode } from './helpers/errors';

// How the shipped preload script gets into a session, call by call. `registerPreloadScript` exists from Electron 35 on,
// and the runtime that the tests in electron/ have is older: that branch was run with this recorded session only. Of
// the other one, electron/zero-setup.spec.ts shows that a real session behaves so.

type Script = Parameters<NonNullable<ElectronSession['registerPreloadScript']>>[0];

/** A session of Electron 35 or later. Its functions need their `this`, as Electron's do. */
class NewSession {
  readonly scripts = new Map<string, Script>();
  readonly calls: string[] = [];

  registerPreloadScript(script: Script): string {
    this.calls.push('register');
    const id = `script ${this.calls.length}`;
    this.scripts.set(id, script);
    return id;
  }

  unregisterPreloadScript(id: string): void {
    this.calls.push('unregister');
    if (!this.scripts.delete(id)) throw new Error(`There is no preload script ${id}.`);
  }

  getPreloads(): string[] {
    throw new Error('`getPreloads` is deprecated.');
  }

  setPreloads(): void {
    throw new Error('`setPreloads` is deprecated.');
  }
}

/** A session before Electron 35. */
class OldSession {
  #preloads: string[] = ['/a/preload/of/the/user.js'];

  getPreloads(): string[] {
    return [...this.#preloads];
  }

  setPreloads(preloads: string[]): void {
    this.#preloads = [...preloads];
  }
}

function synchronize(options: ElectronPSCSynchronizerOptions) {
  const ipcMain = new EventEmitter() as unknown as IpcMain & EventEmitter;
  const synchronizer = createElectronPSCSynchronizer(ipcMain, options);
  return { ipcMain, synchronizer };
}

test('a session of Electron 35 and later has the script registered for frames, and is never asked what is deprecated', (t) => {
  const session = new NewSession();
  const { synchronizer } = synchronize({ session });
  const scripts = [...session.scripts.values()];
  t.is(scripts.length, 1);
  t.is(scripts[0]?.type, 'frame');
  t.true(isAbsolute(scripts[0]?.filePath ?? ''));
  t.regex(scripts[0]?.filePath ?? '', /[/\\]bundles[/\\]preload\.js$/);
  synchronizer.close();
});

test('what is registered is the file that psc-native/preload is to `require`', (t) => {
  const session = new NewSession();
  // The built package, which finds its own files.
  const built = require('psc-native') as {
    createElectronPSCSynchronizer: typeof createElectronPSCSynchronizer;
  };
  const ipcMain = new EventEmitter() as unknown as IpcMain;
  built.createElectronPSCSynchronizer(ipcMain, { session }).close();
  const synchronizer = built.createElectronPSCSynchronizer(ipcMain, { session });
  const [script] = session.scripts.values();
  t.is(script?.filePath, require.resolve('psc-native/preload'));
  t.true(existsSync(script?.filePath ?? ''));
  synchronizer.close();
});

test('closing unregisters the script by the id that registering gave, once', (t) => {
  const session = new NewSession();
  const foreign = session.registerPreloadScript({ type: 'frame', filePath: '/of/the/user.js' });
  const { synchronizer } = synchronize({ session });
  synchronizer.close();
  synchronizer.close();
  t.deepEqual([...session.scripts.keys()], [foreign]);
  t.deepEqual(session.calls, ['register', 'register', 'unregister']);
});

test('a further call for the same ipcMain registers nothing more', (t) => {
  const session = new NewSession();
  const { ipcMain, synchronizer } = synchronize({ session });
  t.is(createElectronPSCSynchronizer(ipcMain, { session }), synchronizer);
  t.deepEqual(session.calls, ['register']);
  synchronizer.close();
});

test('every session of a list is taken care of, whatever its Electron has', (t) => {
  const [one, two, old] = [new NewSession(), new NewSession(), new OldSession()];
  const before = old.getPreloads();
  const { synchronizer } = synchronize({ session: [one, two, old] });
  t.deepEqual([one.scripts.size, two.scripts.size, old.getPreloads().length], [1, 1, 2]);
  synchronizer.close();
  t.deepEqual([one.scripts.size, two.scripts.size], [0, 0]);
  t.deepEqual(old.getPreloads(), before);
});

test('before Electron 35, the script is added to those that are there, and only it is taken out again', (t) => {
  const session = new OldSession();
  const { synchronizer } = synchronize({ session });
  const [first, ours] = session.getPreloads();
  t.is(first, '/a/preload/of/the/user.js');
  t.regex(ours ?? '', /[/\\]bundles[/\\]preload\.js$/);
  session.setPreloads([...session.getPreloads(), '/a/later/one.js']);
  synchronizer.close();
  t.deepEqual(session.getPreloads(), ['/a/preload/of/the/user.js', '/a/later/one.js']);
});

test('where one session is refused, nothing is left: no synchronizer, and no script in another session', async (t) => {
  const [first, none] = [new NewSession(), {} as ElectronSession];
  const ipcMain = new EventEmitter() as unknown as IpcMain & EventEmitter;
  const create = () => createElectronPSCSynchronizer(ipcMain, { session: [first, none] });
  await throwsCode(t, 'ERR_PSC_INVALID_OPTION', create);
  t.deepEqual(ipcMain.eventNames(), []);
  t.is(first.scripts.size, 0);
});
