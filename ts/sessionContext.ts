/** How code finds the session that it runs for: Node's `AsyncLocalStorage` of session ids is one. */
interface SessionIds {
  run<T>(sessionId: string, code: () => T): T;
  getStore(): string | undefined;
}

/** Names the session of the call that is running; `''` where there is none. Never throws. */
export type SessionName = () => string;

/** Where the runtime has such a thing. Here, so that what runs in pages and sandboxes names nothing of Node's. */
let ids: SessionIds | undefined;

/** Has listeners of sessions run so that what they call finds their session. */
export function provideSessionIds(given: SessionIds): void {
  ids = given;
}

/** Runs what belongs to a session. */
export function runInSession<T>(sessionId: string, code: () => T): T {
  return ids === undefined ? code() : ids.run(sessionId, code);
}

/** The id of the session whose listener is running; `''` where there is none, or nobody can know. */
export const currentSession: SessionName = () => ids?.getStore() ?? '';

/** What a user's `session` option says, or the session whose listener is running. */
export function sessionName(given: (() => string | undefined) | undefined): SessionName {
  if (given === undefined) return currentSession;
  return () => {
    try {
      const session: unknown = given();
      return typeof session === 'string' ? session : '';
    } catch {
      // It only informs, and must not keep anybody from writing.
      return '';
    }
  };
}
