import type { SharedCacheEvent, SharedEventHandler, SyncAdapter } from '../../ts/types';

type Reply = (event: SharedCacheEvent) => void;

/** How a simulated transport treats events. */
export interface Manners {
  /** The synchronizer can answer a mirror alone, on a path of its own. */
  readonly replies?: boolean;
  /** A mirror's own events are not broadcast back to it. */
  readonly dropsOwn?: boolean;
  /** Everybody on it, the sender included, gets everything. */
  readonly isBus?: boolean;
  /** Only the fields of `@alova/psc` survive. */
  readonly strips?: boolean;
  /** Some events arrive twice. */
  readonly doubles?: boolean;
  /** Events overtake each other on every link. */
  readonly reorders?: boolean;
}

/** Events on their way, first in, first out. */
interface Link {
  readonly queue: SharedCacheEvent[];
  readonly deliver: (event: SharedCacheEvent) => void;
}

const UPSTREAM = ['scope', 'senderID', 'type', 'key', 'value'] as const;

function stripped(event: SharedCacheEvent): SharedCacheEvent {
  const fields = UPSTREAM.filter((name) => event[name] !== undefined);
  return Object.fromEntries(fields.map((name) => [name, event[name]])) as never;
}

/** How many events another one overtakes at most. */
const FURTHEST = 8;

/** A network that delivers in order on each link, unless it reorders, and whenever chance wants. */
export class Network {
  readonly #manners: Manners;
  readonly #random: () => number;
  readonly #links: Link[] = [];
  readonly #down: { readonly link: Link; readonly ids: Set<string> }[] = [];
  #synchronizer: SharedEventHandler | undefined;
  #toSynchronizer: Link | undefined;

  constructor(manners: Manners, random: () => number) {
    this.#manners = manners;
    this.#random = random;
  }

  /** Loses what is on its way, and the synchronizer, as when that process dies. */
  cut(): void {
    for (const { queue } of this.#links) queue.length = 0;
    this.#synchronizer = undefined;
  }

  /** The transport's end at the synchronizer. */
  readonly synchronizerEnd: SyncAdapter = {
    send: (event) => {
      this.#broadcast(event);
      if (this.#manners.isBus === true) this.#post(this.#busLink(), event);
    },
    receive: (handler) => {
      this.#synchronizer = handler;
    },
  };

  /** The transport's end at one more mirror. */
  mirrorEnd(): SyncAdapter {
    const ids = new Set<string>();
    let handler: SharedEventHandler | undefined;
    const take = (event: SharedCacheEvent) => void handler?.(event);
    const down = { link: this.#link(take), ids };
    const replies = this.#link(take);
    const reply: Reply = (event) => this.#post(replies, event);
    this.#down.push(down);
    const up = this.#link((event) => {
      this.#synchronizer?.(event, this.#manners.replies === true ? reply : undefined);
    });
    return {
      send: (event) => {
        ids.add(event.senderID);
        this.#post(up, event);
        if (this.#manners.isBus === true) this.#broadcast(event);
      },
      receive: (given) => {
        handler = given;
      },
    };
  }

  /** Delivers one event. Returns whether there was one. */
  step(): boolean {
    const ready = this.#links.filter(({ queue }) => queue.length > 0);
    const link = ready[Math.floor(this.#random() * ready.length)];
    if (link === undefined) return false;
    const within = this.#manners.reorders === true ? Math.min(link.queue.length, FURTHEST) : 1;
    const [event] = link.queue.splice(Math.floor(this.#random() * within), 1);
    if (event === undefined) return false;
    link.deliver(event);
    return true;
  }

  #busLink(): Link {
    this.#toSynchronizer ??= this.#link((event) => void this.#synchronizer?.(event));
    return this.#toSynchronizer;
  }

  #broadcast(event: SharedCacheEvent): void {
    for (const { link, ids } of this.#down) {
      if (this.#manners.dropsOwn === true && ids.has(event.senderID)) continue;
      this.#post(link, event);
    }
  }

  #post(link: Link, event: SharedCacheEvent): void {
    const sent: SharedCacheEvent = JSON.parse(
      JSON.stringify(this.#manners.strips === true ? stripped(event) : event),
    );
    link.queue.push(sent);
    if (this.#manners.doubles === true && this.#random() < 0.3) link.queue.push(sent);
  }

  #link(deliver: Link['deliver']): Link {
    const link = { queue: [], deliver };
    this.#links.push(link);
    return link;
  }
}
