import { timeToLive } from '../expiry';
import { isEvent } from '../mirror/wire';
import type { SharedCacheEvent } from '../types';
import { CHANNELS, type IpcMain, type IpcSender } from './channels';
import { type CheckedRequest, endless } from './request';
import { type Told, unpack } from './wire';

/**
 * The event of a test double written for `@alova/psc`, whose `ipcRenderer` and `ipcMain` have only `on` and `emit`: its
 * value is there as it is. Undefined if it is no event.
 */
export function readDouble(event: unknown): CheckedRequest | undefined {
  if (!isEvent(event)) return undefined;
  const { type, senderID, key, value, write = 0 } = event;
  const scope = event.scope ?? undefined;
  const ttl = typeof event.ttl === 'number' ? event.ttl : timeToLive(key, value, undefined);
  const { if: expected, epoch, session } = event;
  const condition = { expected, epoch: expected === undefined ? undefined : epoch };
  const common = {
    scope,
    senderID,
    write,
    key,
    ttl: ttl ?? endless(expected),
    ...condition,
    session: typeof session === 'string' ? session : undefined,
  };
  if (type !== 'set') return { ...common, type, text: undefined };
  const text = JSON.stringify(value);
  return text === undefined ? undefined : { ...common, type, text };
}

/** How test doubles are told. They all hear what is told to everybody. */
export class Doubles {
  private readonly ipcMain: IpcMain;

  constructor(ipcMain: IpcMain) {
    this.ipcMain = ipcMain;
  }

  /** Tells all. */
  tell(told: Told): void {
    this.ipcMain.emit(CHANNELS.toClient, plain(told));
  }

  /** Tells one. */
  tellOne(sender: IpcSender, told: Told): void {
    sender.emit(CHANNELS.toClient, plain(told));
  }
}

/** As the event would be if it had never been text. */
function plain(told: Told): SharedCacheEvent {
  const event = { ...unpack(told) };
  if (event.type !== 'init' || event.seq !== undefined || event.ack !== undefined) return event;
  // The answer of a fresh store is upstream's to the letter.
  const { to: _, epoch: _epoch, write: _write, ...bare } = event;
  return bare;
}
