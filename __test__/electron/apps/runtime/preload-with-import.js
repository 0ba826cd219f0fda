const { contextBridge } = require('electron');
const { from } = require('./module');

contextBridge.exposeInMainWorld('imported', { isSandboxed: process.sandboxed === true, from });
