import { Listeners } from '../changes/listeners';
import { loadNative, type NativeChanges, type NativeSubscription } from '../native';
import type { PSCChange, PSCChangeType } from '../types';
import type { Connection, Joined } from './connection';

/** How many changes are read before others get their turn. */
const READ_LIMIT = 1000;

/**
 * The changes of the region of a connection, for all of this environment who listen: one thread that waits for them, and
 * only while somebody does.
 */
export class RegionChanges {
  private readonly byScope = new Map<string | undefined, Listeners>();
  private joined: Joined | undefined;
  private changes: NativeChanges | undefined;
  private subscription: NativeSubscription | undefined;

  constructor(private readonly connection: Connection) {}

  /** Tells a listener of a scope from now on. Returns what ends that. Throws `ERR_PSC_INVALID_OPTION`. */
  on(
    scope: string | undefined,
    type: PSCChangeType,
    listener: (change: PSCChange) => void,
  ): () => void {
    const known = this.byScope.get(scope);
    const listeners = known ?? new Listeners();
    const stop = listeners.add(type, listener);
    if (known === undefined) {
      this.byScope.set(scope, listeners);
      this.changes?.listen(scope, true);
    }
    this.connection.whenJoined(this.join);
    return () => {
      stop();
      if (!listeners.isEmpty || this.byScope.get(scope) !== listeners) return;
      this.byScope.delete(scope);
      this.changes?.listen(scope, false);
      if (this.byScope.size === 0) this.rest();
    };
  }

  /** Takes the region that is joined now. */
  private readonly join = (): void => {
    const { joined } = this.connection;
    if (this.byScope.size === 0 || joined === undefined || joined === this.joined) return;
    const again = this.joined !== undefined;
    this.subscription?.close();
    this.joined = joined;
    const { Changes, Subscription } = loadNative();
    const changes = Changes.of(joined.region);
    for (const scope of this.byScope.keys()) changes.listen(scope, true);
    this.changes = changes;
    // It is held by the thread's callback, and so while somebody listens, whoever else forgets it.
    this.subscription = Subscription.follow(joined.region, changes, () => this.tell(changes));
    if (again) this.tellLoss();
  };

  private tell(changes: NativeChanges): void {
    const { joined } = this;
    // What was under way when it was closed.
    if (joined === undefined || changes !== this.changes) return;
    if (joined.region.retired) {
      this.subscription?.close();
      this.connection.lost(joined);
      this.connection.whenJoined(this.join);
      return;
    }
    const { changes: told, isAll, isLost } = changes.read(READ_LIMIT);
    if (isLost) this.tellLoss();
    for (const change of told) this.byScope.get(change.scope)?.tell(change);
    if (isAll) this.subscription?.rearm();
    else setImmediate(() => this.tell(changes));
  }

  private tellLoss(): void {
    for (const [scope, listeners] of [...this.byScope]) {
      listeners.tell({ type: 'lost', key: '', ...(scope !== undefined && { scope }) });
    }
  }

  private rest(): void {
    this.connection.unneeded(this.join);
    this.subscription?.close();
    this.subscription = undefined;
    this.changes = undefined;
    this.joined = undefined;
  }
}
