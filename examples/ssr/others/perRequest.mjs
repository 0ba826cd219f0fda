// Another way, beside which the demo runs: an alova instance for each request, with alova's own caches.

import process from 'node:process';
import { sessionOf } from '../app/session.mjs';
import { apiOf } from './api.mjs';
import { serve } from './serve.mjs';

// The demo runs it with two releases of alova.
const { createAlova } = await import(process.env.ALOVA ?? 'alova');

serve((request) => apiOf(createAlova, () => sessionOf(request)));
