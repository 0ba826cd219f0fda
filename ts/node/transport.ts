import { Synchronizer } from '../synchronizer';
import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../types';
import type { Connection } from './connection';
import { RegionHub } from './regionHub';
import { trace } from './trace';

/** Most events that wait for the region to be joined. */
const MAX_WAITING = 10_000;

/**
 * The region as a sync adapter: what is sent is applied to it, what is received is its feed. Of each scope that was
 * asked for through this very object, and of no other.
 */
export class NodeTransport implements SyncAdapter {
  private readonly handlers: SharedEventHandler[] = [];
  /** Scopes that were asked for, by whoever it was. */
  private readonly scopes = new Set<string | undefined>();
  /** Scopes that mirrors on this very object follow, with their ids: they may be many, and are forgotten with them. */
  private readonly followed = new Map<string | undefined, Set<string>>();
  private readonly waiting: SharedCacheEvent[] = [];
  private readonly regionHub: RegionHub;
  private synchronizer: Synchronizer | undefined;
  private closed = false;

  constructor(private readonly connection: Connection) {
    this.regionHub = new RegionHub(connection, {
      onHub: (hub, again) => {
        const former = this.synchronizer;
        this.synchronizer = new Synchronizer(hub, (event) => this.deliver(event), { former });
        // The region is another one, and what mirrors hold is of the old one: they are told what the new one holds.
        if (again) this.synchronizer.tellState([...this.scopes, ...this.followed.keys()]);
        for (const event of this.waiting.splice(0)) this.take(event);
      },
      onChange: () => {
        this.synchronizer?.tell();
        return true;
      },
    });
  }

  readonly send = (event: SharedCacheEvent): void => {
    if (this.closed) return;
    // A user's own code may send what is no event: that is for the synchronizer to count.
    if (event?.type === 'init') this.ask(event.scope ?? undefined, event.senderID);
    if (!this.regionHub.isCurrent) this.regionHub.join();
    if (this.synchronizer === undefined) {
      // Mirrors bound what they send; a user's own code is bounded here.
      if (this.waiting.length < MAX_WAITING) this.waiting.push(event);
      this.connection.whenJoined(this.regionHub.join);
      return;
    }
    this.take(event);
  };

  readonly receive = (handler: SharedEventHandler): void => {
    this.handlers.push(handler);
    this.regionHub.follow();
    if (this.synchronizer === undefined) this.connection.whenJoined(this.regionHub.join);
  };

  /** A mirror on this very object is about to ask for its scope. */
  readonly join = (scope: string | undefined, id: string): void => {
    const ids = this.followed.get(scope);
    if (ids === undefined) this.followed.set(scope, new Set([id]));
    else ids.add(id);
  };

  /** And was closed. */
  readonly leave = (scope: string | undefined, id: string): void => {
    const ids = this.followed.get(scope);
    if (ids?.delete(id) && ids.size === 0) this.followed.delete(scope);
  };

  /** Takes and tells nothing any more. */
  close(): void {
    this.closed = true;
    this.regionHub.close();
    this.synchronizer?.close();
    this.handlers.length = 0;
    this.waiting.length = 0;
  }

  private ask(scope: string | undefined, id: string): void {
    if (this.followed.get(scope)?.has(id) !== true) this.scopes.add(scope);
  }

  private take(event: SharedCacheEvent): void {
    // Only an answer is for the asker alone; the echo of a write comes with the feed, as everybody's does.
    const reply =
      event?.type === 'init' ? (answer: SharedCacheEvent) => this.deliver(answer) : undefined;
    this.synchronizer?.receive(event, reply);
  }

  private deliver(event: SharedCacheEvent): void {
    if (!this.scopes.has(event.scope) && !this.followed.has(event.scope)) return;
    for (const handler of [...this.handlers]) {
      try {
        void handler(event);
      } catch (error) {
        // A handler's fault is not the other handlers', nor the feed's.
        trace('a receiver threw: %s', error);
      }
    }
  }
}
