import type { SyncAdapter } from '../types';

/** What a transport does to know which scopes the mirrors on it follow. */
export interface Following {
  /** A mirror, with this id, is about to ask for the scope. */
  join(scope: string | undefined, id: string): void;
  /** And was closed. */
  leave(scope: string | undefined, id: string): void;
}

const followings = new WeakMap<SyncAdapter, Following>();

/** Says that a transport wants to know. Apart from the transport, whose shape is `@alova/psc`'s. */
export function registerFollowing(syncAdapter: SyncAdapter, following: Following): void {
  followings.set(syncAdapter, following);
}

/** Tells the transport, if it wants to know. Returns what tells it that the mirror was closed. */
export function follow(syncAdapter: SyncAdapter, scope: string | undefined, id: string) {
  const following = followings.get(syncAdapter);
  following?.join(scope, id);
  return () => following?.leave(scope, id);
}
