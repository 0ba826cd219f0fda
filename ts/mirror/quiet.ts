/** Does nothing. */
export function noop(): void {}

/** Who does not wait for a write does not want the process to end for it. */
export function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(noop);
  return promise;
}
