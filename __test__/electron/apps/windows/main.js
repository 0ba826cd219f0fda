// Windows, and a synchronizer with the options and in the sessions that a test names.

const { app, BrowserWindow, ipcMain, session } = require('electron');
const psc = require('psc-native');

let adapter;

const sessionOf = (partition) =>
  partition === undefined ? session.defaultSession : session.fromPartition(partition);

/** `partitions` are those of the sessions that the shipped preload script is to run in. */
global.synchronize = (options, partitions) => {
  const sessions = partitions?.map((partition) => sessionOf(partition ?? undefined));
  global.synchronizer = psc.createElectronPSCSynchronizer(ipcMain, {
    ...options,
    ...(sessions && { session: sessions.length === 1 ? sessions[0] : sessions }),
  });
  return global.synchronizer.stats();
};

/** A page, which is a file or an address. */
global.openWindow = async (page, webPreferences) => {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { backgroundThrottling: false, ...webPreferences },
  });
  await (page.includes('://') ? window.loadURL(page) : window.loadFile(page));
};

const native = (id) => {
  adapter ??= psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  return adapter;
};

/** What the cache itself holds, read where it is. */
global.readNatively = (id, keys) => keys.map((key) => native(id).get(key) ?? null);

global.writeNatively = (id, key, value) => native(id).set(key, value);

/** What a closed synchronizer has to take along. */
global.traces = (partition) => ({
  preloads: sessionOf(partition).getPreloads(),
  listeners: ipcMain.eventNames().map((name) => [String(name), ipcMain.listenerCount(name)]),
});

global.isSame = (options) => psc.createElectronPSCSynchronizer(ipcMain, options) === synchronizer;

global.resolvePreload = () => require.resolve('psc-native/preload');

app.on('window-all-closed', () => {});
app.whenReady().then(() => {
  global.isReady = true;
});
