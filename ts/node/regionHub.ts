import { loadNative, type NativeHub, type NativeSubscription } from '../native';
import type { Connection, Joined } from './connection';

/** Ends the feeds of what was dropped: each has a thread, which in a quiet region nothing else would end. */
const dropped = new FinalizationRegistry<NativeSubscription>((subscription) =>
  subscription.close(),
);

/** Who wants to know of a {@link RegionHub}. */
export interface RegionHubUser {
  /** A region was joined. `again`: in place of another, so that all that was told does not hold any more. */
  onHub(hub: NativeHub, again: boolean): void;
  /** The hub has something to tell. It was polled until nothing was left when this returns true, else is called again. */
  onChange(): boolean;
}

/** A hub over the region of a connection; another one whenever the region is replaced. */
export class RegionHub {
  private joined: Joined | undefined;
  private hub: NativeHub | undefined;
  private subscription: NativeSubscription | undefined;
  private following = false;
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly user: RegionHubUser,
  ) {}

  /** Whether the region that is joined is the one that the hub is over. */
  get isCurrent(): boolean {
    return this.joined === this.connection.joined;
  }

  /** Takes the region that is joined now. */
  readonly join = (): void => {
    const { joined } = this.connection;
    if (this.closed || joined === undefined || joined === this.joined) return;
    this.subscription?.close();
    this.subscription = undefined;
    const again = this.joined !== undefined;
    this.joined = joined;
    this.hub = joined.region.hub();
    if (this.following) this.subscribe();
    this.user.onHub(this.hub, again);
  };

  /** Calls back from now on when something has changed. */
  follow(): void {
    this.following = true;
    this.subscribe();
  }

  /** Calls back no more. */
  close(): void {
    this.closed = true;
    this.connection.unneeded(this.join);
    this.subscription?.close();
  }

  private subscribe(): void {
    const { joined, hub } = this;
    if (this.subscription !== undefined || joined === undefined || hub === undefined) return;
    // Weakly: the feed must not be what keeps a transport that nobody uses.
    const weak = new WeakRef(this);
    const subscription = loadNative().Subscription.start(joined.region, hub, () => {
      const self = weak.deref();
      if (self === undefined) subscription.close();
      else self.changed();
    });
    this.subscription = subscription;
    dropped.register(this, subscription);
  }

  private changed(): void {
    const { joined } = this;
    if (joined === undefined || this.closed) return;
    if (joined.region.retired) {
      this.subscription?.close();
      this.connection.lost(joined);
      this.connection.whenJoined(this.join);
      return;
    }
    if (this.user.onChange()) this.subscription?.rearm();
    else setImmediate(() => this.changed());
  }
}
