import { LockKeeper, NO_REQUEST } from '../locks/keeper';
import { type LockAnswer, wishOf } from '../locks/wire';
import type { NativeHub } from '../native';
import type { Refusal } from './limits';
import type { Parties } from './parties';
import type { Party } from './party';
import type { CheckedRequest } from './request';
import { WIRE_VERSION } from './wire';

/** The locks that windows hold, for as long as their documents are there (M12). */
export class WindowLocks {
  private keeper: LockKeeper | undefined;

  constructor(private readonly parties: () => Parties) {}

  /** Another hub, over another store: who waits asks again there. */
  onHub(hub: NativeHub): void {
    this.keeper?.close();
    this.keeper = new LockKeeper(hub);
  }

  /** Whether the request is about locks; then it was taken. */
  take(party: Party, request: CheckedRequest, refusal: Refusal | undefined): boolean {
    const { type, scope, senderID, write, text } = request;
    if (type !== 'lock' && type !== 'unlock') return false;
    const wish = wishOf(JSON.parse(text ?? 'null'));
    // What a document has said before it ended may be heard afterwards.
    if (wish === undefined || party.hasEnded) return true;
    if (type === 'unlock') {
      this.keeper?.unlock(senderID, write, wish.names);
      return true;
    }
    const answer = (answer: LockAnswer) => {
      const header = { scope, senderID: '', type, key: '', to: senderID, write, ...answer };
      this.parties().tellOne(party, [
        WIRE_VERSION,
        scope,
        JSON.stringify(header),
        undefined,
        undefined,
      ]);
    };
    if (refusal !== undefined) answer({ error: refusal });
    else this.keeper?.lock({ senderID, number: write, account: party.owner, scope, answer }, wish);
    return true;
  }

  /** See {@link LockKeeper.requestOf}. */
  readonly requestOf = (flight: string): number => this.keeper?.requestOf(flight) ?? NO_REQUEST;

  /** A mirror is gone. */
  readonly forget = (senderID: string): void => this.keeper?.forget(senderID);

  close(): void {
    this.keeper?.close();
    this.keeper = undefined;
  }
}
