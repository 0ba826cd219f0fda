// The preload script of a user who does not know of the shipped one.

const { contextBridge } = require('electron');

contextBridge.exposeInMainWorld('own', true);
