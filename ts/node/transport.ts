import { loadNative, type NativeHub, type NativeSubscription } from '../native';
import { Synchronizer } from '../synchronizer';
import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../types';
import type { Connection, Joined } from './connection';
import { trace } from './trace';

/** Most events that wait for the region to be joined. */
const MAX_WAITING = 10_000;

/** Ends the feeds of transports that were dropped: each has a thread, which in a quiet region nothing else would end. */
const dropped = new FinalizationRegistry<NativeSubscription>((subscription) =>
  subscription.close(),
);

/**
 * The region as a sync adapter: what is sent is applied to it, what is received is its feed. Of each scope that was
 * asked for through this very object, and of no other.
 */
export class NodeTransport implements SyncAdapter {
  private readonly handlers: SharedEventHandler[] = [];
  private readonly scopes = new Set<string | undefined>();
  private readonly waiting: SharedCacheEvent[] = [];
  private joined: Joined | undefined;
  private hub: NativeHub | undefined;
  private synchronizer: Synchronizer | undefined;
  private subscription: NativeSubscription | undefined;
  private closed = false;
  private readonly join = (): void => this.joinRegion();

  constructor(private readonly connection: Connection) {}

  readonly send = (event: SharedCacheEvent): void => {
    if (this.closed) return;
    // A user's own code may send what is no event: that is for the synchronizer to count.
    if (event?.type === 'init') this.scopes.add(event.scope ?? undefined);
    if (this.joined !== this.connection.joined) this.join();
    if (this.synchronizer === undefined) {
      // Mirrors bound what they send; a user's own code is bounded here.
      if (this.waiting.length < MAX_WAITING) this.waiting.push(event);
      this.connection.whenJoined(this.join);
      return;
    }
    this.take(event);
  };

  readonly receive = (handler: SharedEventHandler): void => {
    this.handlers.push(handler);
    if (this.synchronizer === undefined) this.connection.whenJoined(this.join);
    else this.subscribe();
  };

  /** Takes and tells nothing any more. */
  close(): void {
    this.closed = true;
    this.connection.unneeded(this.join);
    this.subscription?.close();
    this.synchronizer?.close();
    this.handlers.length = 0;
    this.waiting.length = 0;
  }

  private joinRegion(): void {
    const { joined } = this.connection;
    if (this.closed || joined === undefined || joined === this.joined) return;
    this.subscription?.close();
    this.subscription = undefined;
    const again = this.joined !== undefined;
    this.joined = joined;
    this.hub = joined.region.hub();
    this.synchronizer = new Synchronizer(this.hub, (event) => this.deliver(event));
    if (this.handlers.length > 0) this.subscribe();
    // The region is another one, and what mirrors hold is of the old one: they are told what the new one holds.
    if (again) this.synchronizer.tellState(this.scopes);
    for (const event of this.waiting.splice(0)) this.take(event);
  }

  private take(event: SharedCacheEvent): void {
    // Only an answer is for the asker alone; the echo of a write comes with the feed, as everybody's does.
    const reply =
      event?.type === 'init' ? (answer: SharedCacheEvent) => this.deliver(answer) : undefined;
    this.synchronizer?.receive(event, reply);
  }

  private deliver(event: SharedCacheEvent): void {
    if (!this.scopes.has(event.scope)) return;
    for (const handler of [...this.handlers]) {
      try {
        void handler(event);
      } catch (error) {
        // A handler's fault is not the other handlers', nor the feed's.
        trace('a receiver threw: %s', error);
      }
    }
  }

  private subscribe(): void {
    if (this.subscription !== undefined || this.joined === undefined) return;
    const { hub } = this;
    if (hub === undefined) return;
    // Weakly: the feed must not be what keeps a transport that nobody uses.
    const transport = new WeakRef(this);
    const subscription = loadNative().Subscription.start(this.joined.region, hub, () => {
      const self = transport.deref();
      if (self === undefined) subscription.close();
      else self.follow();
    });
    this.subscription = subscription;
    dropped.register(this, subscription);
  }

  private follow(): void {
    const { joined } = this;
    if (joined === undefined || this.closed) return;
    if (joined.region.retired) {
      this.subscription?.close();
      this.connection.lost(joined);
      this.connection.whenJoined(this.join);
      return;
    }
    this.synchronizer?.tell();
    this.subscription?.rearm();
  }
}
