// Electron's own types fit what the main process and a preload script call, as imported and as required.
import {
  BrowserWindow,
  contextBridge,
  type IpcMainEvent as ElectronMainEvent,
  ipcMain,
  ipcRenderer,
  session,
  type WebFrameMain,
} from 'electron';
import {
  type Allow,
  createElectronPSCSynchronizer,
  createPSCAdapter,
  createPSCSynchronizer,
  createSyncAdapter,
  type ElectronPSCSynchronizer,
  type ElectronSession,
  ElectronSyncAdapter,
  ExplicitCacheAdapter,
  type Frame,
  type IpcMain,
  type IpcMainEvent,
  type IpcRenderer,
  type IpcSender,
  type SharedCacheEvent,
} from 'psc-native';
import * as preload from 'psc-native/preload';

// Each by itself, so that an error names the one that does not fit.
const main: IpcMain = ipcMain;
const event: IpcMainEvent = {} as ElectronMainEvent;
const sender: IpcSender = BrowserWindow.getAllWindows()[0]?.webContents as Electron.WebContents;
const frame: Frame = {} as WebFrameMain;
const page: IpcRenderer = ipcRenderer;
const profile: ElectronSession = session.fromPartition('persist:shop');
void [main, event, sender, frame, page, profile];

const isOurs: Allow = ({ frame, url, scope, type }) =>
  (frame as WebFrameMain | undefined)?.frameTreeNodeId !== 7 &&
  frame?.parent === null &&
  new URL(url).protocol === 'app:' &&
  (type === 'init' || scope !== 'admin');

const synchronizer: ElectronPSCSynchronizer = createElectronPSCSynchronizer(ipcMain, {
  id: 'shop',
  session: [session.defaultSession, session.fromPartition('persist:shop')],
  expose: 'cache',
  allow: isOurs,
  maxBytes: 2 ** 26,
  limits: { maxKeyBytes: 1024, maxEventsPerSecond: 1000, firstBytes: 2 ** 20 },
});
const { mirrors, dropped, limited, malformed } = synchronizer.stats();
const counts: number[] = [mirrors, dropped, limited, malformed];
synchronizer.close();
createElectronPSCSynchronizer(ipcMain);
createElectronPSCSynchronizer(ipcMain, { session: session.defaultSession });
void counts;

// A preload script, by either entry.
contextBridge.exposeInMainWorld('one', createPSCAdapter(ElectronSyncAdapter(ipcRenderer)));
contextBridge.exposeInMainWorld(
  'two',
  preload.createPSCAdapter(
    preload.ElectronSyncAdapter(ipcRenderer, new ExplicitCacheAdapter()),
    undefined,
    { scope: 'l2' },
  ),
);
preload.serveRenderer(ipcRenderer);

// A transport of one's own.
createPSCAdapter(
  createSyncAdapter({
    send: (event) => ipcRenderer.send('cache-to-main', event),
    receive: (handler) =>
      ipcRenderer.on('cache-to-window', (_, event: SharedCacheEvent) => handler(event)),
  }),
);
createPSCSynchronizer(
  createSyncAdapter({
    send: (event) => {
      for (const each of BrowserWindow.getAllWindows()) {
        each.webContents.send('cache-to-window', event);
      }
    },
    receive: (handler) =>
      ipcMain.on('cache-to-main', ({ sender }, event: SharedCacheEvent) =>
        handler(event, (reply) => sender.send('cache-to-window', reply)),
      ),
  }),
);

// @ts-expect-error: a session has to take preload scripts.
createElectronPSCSynchronizer(ipcMain, { session: 'defaultSession' });
// @ts-expect-error: there is no such limit.
createElectronPSCSynchronizer(ipcMain, { limits: { maxEvents: 1 } });
// @ts-expect-error: the answer is a boolean, not a promise of one.
createElectronPSCSynchronizer(ipcMain, { allow: async () => true });
// @ts-expect-error: what is given can at least be listened to.
ElectronSyncAdapter({ send() {} });
// @ts-expect-error: a preload script has no synchronizer.
preload.createElectronPSCSynchronizer;
