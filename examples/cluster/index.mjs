// Four cluster workers, four alova instances, one cache. Run it with `npm start`.

import cluster from 'node:cluster';

await import(cluster.isPrimary ? './primary.mjs' : './worker.mjs');
