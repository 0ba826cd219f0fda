export default {
  files: ['__test__/**/*.spec.ts'],
  extensions: ['ts'],
  nodeArguments: ['--import=tsx'],
  // The addon's own promises about processes and threads are what is tested: no worker threads
  // underneath.
  workerThreads: false,
  concurrency: 2,
  timeout: '2m',
  verbose: true,
};
