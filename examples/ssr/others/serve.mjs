// The routes of the shop, for an API that is chosen by request.

import process from 'node:process';
import express from 'express';
import { homePage, productPage } from '../app/pages.mjs';

/** Serves the shop. `within` runs what is to be done for a request; `apiFor` tells the API it is done with. */
export function serve(apiFor, within = (_request, next) => next()) {
  const app = express();
  app.use((request, _response, next) => within(request, next));
  app.get('/', async (request, response) => {
    response.send(await homePage(apiFor(request)));
  });
  app.get('/products/:id', async (request, response) => {
    response.send(await productPage(apiFor(request), request.params.id));
  });
  app.listen(process.env.PORT ?? 0, '127.0.0.1');
}
