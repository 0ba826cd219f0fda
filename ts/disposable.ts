/** Lets `using` close something, where the runtime knows it. */
export function disposable<T extends { close(): void }>(closeable: T): T {
  const { dispose } = Symbol as { readonly dispose?: symbol };
  if (dispose === undefined) return closeable;
  return Object.defineProperty(closeable, dispose, { value: closeable.close });
}
