export default {
  // Those need an Electron: ava.electron.config.mjs.
  files: ['__test__/**/*.spec.ts', '!__test__/electron/**'],
  extensions: ['ts'],
  nodeArguments: ['--import=tsx'],
  // The addon's own promises about processes and threads are what is tested: no worker threads
  // underneath.
  workerThreads: false,
  concurrency: 2,
  timeout: '2m',
  verbose: true,
};
