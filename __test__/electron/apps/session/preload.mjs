import { contextBridge, ipcRenderer } from 'electron';
import { ipcRendererTransport, newSessionId } from 'psc-native/session';
import { EchoChannel } from './echo.mjs';

const channel = new EchoChannel(ipcRendererTransport(ipcRenderer));

if (location.hash === '#farewell') addEventListener('unload', () => channel.close());

contextBridge.exposeInMainWorld('call', (action, payload) =>
  channel.startSession(newSessionId(), { action, payload }),
);
