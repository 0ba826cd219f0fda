import { Incoming } from './incoming';
import { Outgoing, type Source } from './outgoing';
import type { CreditFrame, ItemFrame, SignalFrame } from './wire';

/** A frame of a stream, without what it shares with all others. */
export type StreamFrame =
  | Pick<ItemFrame, 'type' | 'item'>
  | Pick<CreditFrame, 'type' | 'count'>
  | Pick<SignalFrame, 'type'>;

/** The two streams of a session, one each way. */
export class Streams {
  readonly items: Incoming;
  private readonly outgoing: Outgoing;
  private isTaken = false;

  /**
   * @param post - Sends an item; throws if it cannot be sent.
   * @param tell - Sends anything else.
   */
  constructor(post: (frame: StreamFrame) => void, tell: (frame: StreamFrame) => void) {
    this.items = new Incoming({
      grant: (count) => tell({ type: 'credit', count }),
      stop: () => tell({ type: 'stop' }),
    });
    this.outgoing = new Outgoing({
      item: (item) => post({ type: 'item', item }),
      end: () => tell({ type: 'end' }),
    });
  }

  /** Sends the items of a source, as {@link Outgoing.pump}. Returns undefined if one was given before. */
  write(source: Source): Promise<unknown> | undefined {
    if (this.isTaken) return undefined;
    this.isTaken = true;
    return this.outgoing.pump(source);
  }

  /** Returns false for an item that nobody had asked for. */
  receive(frame: StreamFrame): boolean {
    switch (frame.type) {
      case 'item':
        return this.items.push(frame.item);
      case 'credit':
        this.outgoing.grant(frame.count);
        return true;
      case 'end':
        this.items.close({});
        return true;
      default:
        this.outgoing.stop();
        return true;
    }
  }

  /** The session has ended: what was received can still be read. */
  close(error: unknown): void {
    this.items.close({ error });
    this.outgoing.stop();
  }
}
