/** What of the global object may or may not be there. */
interface Globals {
  readonly process?: {
    emitWarning?(message: string, options: { type?: string; code: string }): void;
  };
}

const told = new Set<string>();

/** Tells the developer something: in Node by a warning of the process, in a window on its console. */
export function warn(code: string, message: string): void {
  const { process } = globalThis as unknown as Globals;
  if (typeof process?.emitWarning === 'function') {
    process.emitWarning(message, { type: 'PSCWarning', code });
  } else {
    console.warn(`${code}: ${message}`);
  }
}

/** As {@link warn}, once for each `about` in this environment. */
export function warnOnce(code: string, about: string, message: string): void {
  const id = `${code} ${about}`;
  if (told.has(id)) return;
  told.add(id);
  warn(code, message);
}
