import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition holds, and throws if it does not in time. Returns what made it hold. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 20_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end)
      throw new Error(`In ${deadlineMs} ms it never was so that ${what}.`);
    await delay(1);
  }
}

/** A promise's value, or an error if it is not settled in time. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  deadlineMs = 30_000,
): Promise<T> {
  const over = new AbortController();
  const late = delay(deadlineMs, undefined, { signal: over.signal, ref: true }).then(
    () => {
      throw new Error(`${what}: not within ${deadlineMs} ms.`);
    },
    () => undefined as never,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}
