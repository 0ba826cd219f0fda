import { disposable } from '../disposable';
import { mergingHitSources } from '../hitSource/hitSources';
import { type FlightGround, Flights } from '../locks/flights';
import { LEASE } from '../locks/names';
import type { MemoBound } from '../memo';
import type { OpenScope } from '../scope/openScopes';
import type { FixedOptions } from '../scope/resolve';
import type { PSCStorageAdapter } from '../types';
import type { Connection } from './connection';
import { nativeMerge } from './hitSources';
import { SharedEntries } from './sharedAdapter';
import { SharedLocks } from './sharedLocks';

/**
 * An adapter on the region of a connection.
 *
 * @param bound - What its memo may hold, with those of others.
 */
export function openShared(
  connection: Connection,
  options: FixedOptions,
  bound: MemoBound,
): OpenScope {
  const entries = new SharedEntries(connection, options, bound);
  const { changes, encoding } = entries;
  const locks = new SharedLocks(connection, options.scope, options.lease ?? LEASE);
  const ground: FlightGround = {
    get: (key) => entries.get(key),
    again: (key) => entries.get(key),
    set: (key, value, ttl, session) => entries.set(key, value, ttl, session),
    session: entries.signature.session,
    begin: (key) => locks.begin(key),
  };
  const adapter: PSCStorageAdapter = {
    ...mergingHitSources({
      set: (key, value) => entries.set(key, value),
      get: <T>(key: string) => entries.get(key) as T | undefined,
      remove: (key) => entries.remove(key),
      read: (key) => entries.read(key, null),
      merge: nativeMerge(changes, encoding, options.ttl),
    }),
    update: changes.update,
    increment: changes.increment,
    clear: () => (options.onClear === 'detach' ? entries.forget() : entries.clear()),
    getOrSet: new Flights(ground, options.copy === true).getOrSet,
    locker: locks.locker,
    on: (type, listener) => entries.watch.on(type, listener),
    stats: () => entries.watch.stats(),
    close: () => {
      locks.close();
      entries.close();
    },
    get ready() {
      return entries.whenReady();
    },
  };
  return {
    adapter: disposable(adapter),
    isIdle: () => entries.isIdle,
    release: () => void entries.forget(),
  };
}
