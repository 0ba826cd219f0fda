import { createPSCAdapter, RendererSyncAdapter } from 'psc-native/renderer';

/** The adapter that the shipped preload script exposes, or one in the page's own world. */
export async function openAdapter(kind) {
  if (kind === 'exposed') return window.pscAdapter;
  const adapter = createPSCAdapter(RendererSyncAdapter());
  await adapter.ready;
  return adapter;
}
