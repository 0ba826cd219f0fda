const lists = new WeakMap<object, readonly unknown[]>();

/**
 * Marks a payload, a result or an item, so that what is listed is moved to the other side and not copied: buffers,
 * ports. Transports that have no transfer list copy it as they copy everything.
 *
 * @returns the value.
 *
 * @example
 * ```ts
 * return transfer({ pixels }, [pixels.buffer]);
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly unknown[]): T {
  lists.set(value, list);
  return value;
}

/** What is to be moved along with a value; undefined for nothing. */
export function transferListOf(value: unknown): readonly unknown[] | undefined {
  return typeof value === 'object' && value !== null ? lists.get(value) : undefined;
}
