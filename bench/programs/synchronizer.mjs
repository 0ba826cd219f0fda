// The main process of an application: it only starts the synchronizer.

import { answer } from '../child.mjs';
import { library } from '../libraries.mjs';

answer({
  async start(name, id, options) {
    const { createNodePSCSynchronizer } = await library(name);
    await createNodePSCSynchronizer(id, options);
  },
});
