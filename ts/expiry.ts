/**
 * How long alova's own record has to live, in milliseconds, or undefined if the value is no such record or has no
 * end.
 *
 * Only a key that starts with `$a.` names such a record, and only a finite number above 0 in second place is an
 * instant (wall clock, milliseconds since the epoch): records without one have a tag there, and others of alova keep
 * `-1` for "never".
 */
export function recordTimeToLive(key: string, value: unknown): number | undefined {
  if (!key.startsWith('$a.') || !Array.isArray(value)) return undefined;
  const expiresAt: unknown = value[1];
  if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt) || expiresAt <= 0)
    return undefined;
  return Math.max(0, Math.ceil(expiresAt - Date.now()));
}

/**
 * Milliseconds that a value has to live from now on; undefined for no end, 0 for one that is over already.
 *
 * @param fallback - What holds where alova's record does not say: the adapter's `ttl`.
 */
export function timeToLive(
  key: string,
  value: unknown,
  fallback: number | undefined,
): number | undefined {
  return recordTimeToLive(key, value) ?? fallback;
}
