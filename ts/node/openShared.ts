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
    cache: connection,
    scope: options.scope,
    get: (key) => entries.get(key),
    again: (key) => entries.get(key),
    setAlone: (key, value, ttl, session) => entries.store(key, value, ttl, session),
    session: entries.signature.session,
    begin: async (key, abandoned) => {
      const held = await locks.begin(key, abandoned);
      if (held === undefined) return undefined;
      const { request, holds, end } = held;
      return {
        holds,
        end,
        store: (value, ttl, session) => entries.store(key, value, ttl, session, request),
      };
    },
  };
  const flights = new Flights(ground, options.copy === true);
  const adapter: PSCStorageAdapter = {
    ...mergingHitSources({
      set: (key, value) => {
        flights.changed(key);
        return entries.set(key, value);
      },
      get: <T>(key: string) => entries.get(key) as T | undefined,
      remove: (key) => {
        flights.changed(key);
        return entries.remove(key);
      },
      read: (key) => entries.read(key, null),
      merge: nativeMerge(changes, encoding, options.ttl),
    }),
    // These change the region itself, which ends the flights of what was changed.
    update: changes.update,
    increment: changes.increment,
    clear: () => {
      if (options.onClear === 'detach') return entries.forget();
      flights.changed(undefined);
      return entries.clear();
    },
    getOrSet: flights.getOrSet,
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
