// The server: each worker of the cluster runs it.

import process from 'node:process';
import express from 'express';
import { api, requests, visitorOf } from './api.mjs';
import { homePage, productPage } from './pages.mjs';

const app = express();

// From here on, whatever a request brings about knows whose request it is.
app.use(requests.express(visitorOf));

app.get('/', async (_request, response) => {
  response.send(await homePage(api));
});

app.get('/products/:id', async ({ params }, response) => {
  response.send(await productPage(api, params.id));
});

app.listen(process.env.PORT ?? 0, '127.0.0.1');
