import { setImmediate } from 'node:timers/promises';

/** What became of a promise by now. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    (error: { code: string }) => {
      state = error.code;
    },
  );
  await setImmediate();
  return state;
}
