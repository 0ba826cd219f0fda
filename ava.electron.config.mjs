// The tests inside a real Electron, which PSC_ELECTRON names: `npm run test:electron` sets it.
export default {
  files: ['__test__/electron/**/*.spec.ts'],
  extensions: ['ts'],
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // One application at a time: each is a handful of processes, and some tests measure.
  concurrency: 1,
  serial: true,
  timeout: '2m',
  verbose: true,
};
