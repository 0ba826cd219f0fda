import type { ReceivedMessage } from './typing';

/** What a received message asks of its session, when somebody asks it. */
export interface Receiver {
  readonly path: readonly string[];
  readonly items: AsyncIterableIterator<unknown>;
}

/** A message as a listener gets it. */
export class Received implements ReceivedMessage {
  readonly action: string;
  readonly payload: unknown;
  private readonly receiver: Receiver;
  private readonly origin: readonly string[] | undefined;

  /** @param origin - The path of the session that sent it, where that is one below. */
  constructor(
    receiver: Receiver,
    action: string,
    payload: unknown,
    origin: readonly string[] | undefined,
  ) {
    this.receiver = receiver;
    this.action = action;
    this.payload = payload;
    this.origin = origin;
  }

  get path(): readonly string[] {
    return this.origin ?? this.receiver.path;
  }

  get items(): AsyncIterableIterator<unknown> {
    return this.receiver.items;
  }
}
