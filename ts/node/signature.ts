import type { NativeCalls } from '../native';
import { type SessionName, sessionName } from '../sessionContext';

/** In which session each write on a scope is made. */
export class Signature {
  /** Of the call that is running; `''` for none. */
  readonly session: SessionName;
  private calls: NativeCalls | undefined;
  private last = '';

  constructor(session: (() => string | undefined) | undefined) {
    this.session = sessionName(session);
  }

  /** Has the next write be one of a session. Crosses over only where that is another than the last time. */
  sign(calls: NativeCalls, session: string): void {
    if (calls !== this.calls) {
      this.calls = calls;
      this.last = '';
    }
    if (session === this.last) return;
    calls.inSession(session);
    this.last = session;
  }
}
