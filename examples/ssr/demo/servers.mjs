// The servers that are compared: the shop's, and other ways to write it.

const at = (path) => new URL(path, import.meta.url);

/** One alova instance and one psc-native adapter for all users. What this demo is about. */
export const shop = { name: 'psc-native', program: at('../app/worker.mjs') };

/** Beside it, for comparison. */
export const others = [
  {
    name: 'alova per request, 3.3.4',
    program: at('../others/perRequest.mjs'),
    env: { ALOVA: 'alova-3.3.4' },
  },
  { name: 'alova per request, 3.5.5', program: at('../others/perRequest.mjs') },
  { name: 'one alova, empty cache', program: at('../others/emptyCache.mjs') },
];
