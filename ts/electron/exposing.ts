import { join } from 'node:path';
import { invalidOption } from '../checks';
import type { ElectronSession } from './channels';

/** The shipped preload script. It asks the main process under which name it is to expose an adapter. */
const PRELOAD = join(__dirname, '..', 'bundles', 'preload.js');

/**
 * Has the shipped preload script run in every window of a session that is opened or loaded from now on, beside the
 * window's own. Returns what takes it out again.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 */
export function registerPreload(session: ElectronSession): () => void {
  const { registerPreloadScript, getPreloads, setPreloads } = Object(session) as ElectronSession;
  if (typeof registerPreloadScript === 'function') {
    const id = session.registerPreloadScript?.({ type: 'frame', filePath: PRELOAD }) ?? '';
    return () => session.unregisterPreloadScript?.(id);
  }
  // Before Electron 35.
  if (typeof getPreloads === 'function' && typeof setPreloads === 'function') {
    const preloads = () => session.getPreloads?.() ?? [];
    session.setPreloads?.([...preloads(), PRELOAD]);
    return () => session.setPreloads?.(preloads().filter((path) => path !== PRELOAD));
  }
  throw invalidOption(
    'session',
    session,
    'Give a session of Electron, such as `session.defaultSession`, once `app.whenReady()` has resolved.',
  );
}
