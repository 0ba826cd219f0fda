/** What `await using` puts away, to compilers that know of it; to others just an object. */
export type AsyncDisposing = SymbolConstructor extends {
  readonly asyncDispose: infer Key extends symbol;
}
  ? { readonly [Name in Key]: () => Promise<void> }
  : object;

/** To be inherited from by what {@link asyncDispose} is called for. */
export const Disposing = class {} as unknown as abstract new () => AsyncDisposing;

/** Lets `await using` put away what inherits from a prototype, where the runtime knows it. */
export function asyncDispose<T extends object>(prototype: T, putAway: (it: T) => void): void {
  const { asyncDispose: key } = Symbol as { readonly asyncDispose?: symbol };
  if (key === undefined) return;
  const value = async function (this: T) {
    putAway(this);
  };
  Object.defineProperty(prototype, key, { value, writable: true, configurable: true });
}
