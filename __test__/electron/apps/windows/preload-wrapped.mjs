// A user's wrapper around our transport. It notes what passes, and marks values that ask for it.

import { contextBridge, ipcRenderer } from 'electron';
import { createPSCAdapter, ElectronSyncAdapter } from 'psc-native/preload';

const inner = ElectronSyncAdapter(ipcRenderer);
const seen = [];

const note = (direction, { type, key, value }) => seen.push({ direction, type, key, value });

const wrapper = {
  send(event) {
    note('sent', event);
    const { value } = event;
    return inner.send(value?.mark ? { ...event, value: { ...value, by: 'the wrapper' } } : event);
  },
  receive(handler) {
    inner.receive((event, replyFn) => {
      note('received', event);
      return handler(event, replyFn);
    });
  },
};

contextBridge.exposeInMainWorld('pscAdapter', createPSCAdapter(wrapper));
contextBridge.exposeInMainWorld('seen', () => seen);
