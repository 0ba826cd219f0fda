import type { IpcMain } from './channels';
import type { Party } from './party';
import { WIRE_VERSION } from './wire';

/** What a document followed when its synchronizer was closed. */
interface LeftBehind {
  readonly party: Party;
  readonly mirrors: readonly string[];
  readonly scopes: readonly (string | undefined)[];
}

const left = new WeakMap<IpcMain, LeftBehind[]>();

/** A synchronizer is closed, and these documents go on: the next one is to tell them. */
export function leaveBehind(ipcMain: IpcMain, parties: Iterable<Party>): void {
  const all = left.get(ipcMain) ?? [];
  for (const party of parties) {
    if (party.mirrors.size > 0) {
      all.push({ party, mirrors: [...party.mirrors], scopes: [...party.scopes] });
    }
  }
  left.set(ipcMain, all);
}

/**
 * There is another synchronizer: tells every mirror that was left behind to ask anew. It is told nothing else, because what it
 * may read is decided when it asks.
 */
export function callBack(ipcMain: IpcMain): void {
  const all = left.get(ipcMain) ?? [];
  left.delete(ipcMain);
  for (const { party, mirrors, scopes } of all) {
    for (const to of mirrors) {
      for (const scope of scopes) {
        const header = { scope, senderID: '', type: 'init', key: '', to, restart: true };
        try {
          party.tell([WIRE_VERSION, scope, JSON.stringify(header), undefined, undefined]);
        } catch {
          // Its document is gone.
        }
      }
    }
  }
}
