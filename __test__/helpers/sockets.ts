/** An end of a WebSocket within this process, as pages and `ws` have it. */
export class SocketDouble extends EventTarget {
  readyState = 0;
  listenerCount = 0;
  private other: SocketDouble | undefined;

  static pair(): [SocketDouble, SocketDouble] {
    const pair: [SocketDouble, SocketDouble] = [new SocketDouble(), new SocketDouble()];
    [pair[0].other, pair[1].other] = [pair[1], pair[0]];
    return pair;
  }

  override addEventListener(type: string, listener: never): void {
    this.listenerCount += 1;
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: never): void {
    this.listenerCount -= 1;
    super.removeEventListener(type, listener);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  send(data: string): void {
    setImmediate(() => this.other?.receive(data));
  }

  receive(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }

  close(): void {
    for (const end of [this, this.other as SocketDouble]) {
      end.readyState = 3;
      end.dispatchEvent(new Event('close'));
    }
  }
}
