import type { Exchange } from './exchange';

/** What is known of the channel at the other end. */
export class Encounter {
  /** Whether it was closed; another one may come. */
  isDeserted = false;
  private isMet = false;
  /** What was begun before it was made, and may not have reached it. */
  private readonly doubtful = new Set<Exchange>();

  /** Anything came from it. */
  heard(): void {
    this.isDeserted = false;
    this.isMet = true;
  }

  /**
   * It was made just now. Messages that came before may have reached nobody, as a cluster worker's do; or they wait and
   * will arrive. The answers to `ask` tell, because everything keeps its order. A second greeting means that the channel
   * was replaced without a word: what was begun on the old one may have been done, and is not repeated.
   */
  greeted(begun: readonly Exchange[]): void {
    if (!this.isMet) for (const exchange of begun) this.doubtful.add(exchange);
  }

  /** The other end does not know a session. Whether its opening message can be sent once more. */
  mayRepeat(exchange: Exchange): boolean {
    return this.doubtful.delete(exchange);
  }

  /** The session is over. */
  forget(exchange: Exchange): void {
    this.doubtful.delete(exchange);
  }
}
