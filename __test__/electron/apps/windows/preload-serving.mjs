// A preload script of a user's own that lets its page hold the mirror.

import { ipcRenderer } from 'electron';
import { serveRenderer } from 'psc-native/preload';

serveRenderer(ipcRenderer);
