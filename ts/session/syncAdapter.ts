import { PSCError } from '../errors';
import { isFromSynchronizer } from '../mirror/wire';
import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../types';
import { type AnyChannel, switchboardOf } from './channel';
import { isThenable } from './thenable';

/** A sync adapter that rides on channels. */
export interface ChannelSync extends SyncAdapter {
  /**
   * One more channel, at the synchronizer's end; at a mirror's, another one in place of one that has closed: what was
   * written in between is sent then. A channel is left out again when it closes.
   */
  add(channel: AnyChannel): void;
}

/**
 * A transport of the cache that rides on channels, beside their sessions: one channel for a mirror, any number for the
 * synchronizer, which answers each mirror on the channel that it is at. One per channel.
 *
 * What a session's listener writes to the cache carries the session's id in `event.session`, to the synchronizer and
 * from there to everybody: in Node, or if the channel has a `context`. `adapter.on` tells it, as `change.session`.
 *
 * @example
 * ```ts
 * // In the engine, with one channel per plugin:
 * const sync = ChannelSyncAdapter();
 * createPSCSynchronizer(sync);
 * sync.add(new Channel(fork('./plugin.mjs')));
 * // In each plugin:
 * const cache = createPSCAdapter(ChannelSyncAdapter(new Channel(process)));
 * ```
 */
export function ChannelSyncAdapter(...channels: AnyChannel[]): ChannelSync {
  const open = new Set<AnyChannel>();
  let handler: SharedEventHandler | undefined;

  const sendOn = (channel: AnyChannel, event: SharedCacheEvent) => {
    const switchboard = switchboardOf(channel);
    // What has a position is somebody's change already, whatever session it is told in.
    const session = event.seq === undefined ? switchboard.currentSession : undefined;
    switchboard.sendCache(session === undefined ? event : { session, ...event });
  };
  const add = (channel: AnyChannel) => {
    const switchboard = switchboardOf(channel);
    open.add(channel);
    switchboard.listenToCache((received) => {
      const handled: unknown = handler?.(received as SharedCacheEvent, (answer) =>
        sendOn(channel, answer),
      );
      // A wrapper of the user's own may be asynchronous, and what arrives may be anything.
      if (isThenable(handled)) handled.then(undefined, () => {});
    });
    switchboard.whenGone(() => open.delete(channel));
  };
  for (const channel of channels) add(channel);
  return {
    add,
    send(event) {
      // A mirror keeps what was refused, until there is a channel again; a synchronizer may well be alone.
      if (open.size === 0 && !isFromSynchronizer(event)) throw noChannel();
      const failures: unknown[] = [];
      for (const channel of open) {
        try {
          sendOn(channel, event);
        } catch (error) {
          failures.push(error);
        }
      }
      // A mirror has one channel, and sends later what could not be sent; one that is gone is no failure to the others.
      if (failures.length > 0 && failures.length === open.size) throw failures[0];
    },
    receive(given) {
      handler = given;
    },
  };
}

function noChannel(): PSCError {
  const message = 'The cache has no channel that is open. Make a new one, and `add` it.';
  return new PSCError('ERR_PSC_PEER_DISCONNECTED', message);
}
