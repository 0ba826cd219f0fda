// A page that holds its mirror itself.

import { createPSCAdapter, RendererSyncAdapter } from 'psc-native/renderer';

window.held = createPSCAdapter(RendererSyncAdapter());
