import type { ExecutionContext } from 'ava';

/** Asserts that something throws, or rejects with, a typed error whose message says more than its code. */
export async function throwsCode(
  t: ExecutionContext,
  code: string,
  run: () => unknown,
): Promise<Error> {
  let caught: unknown;
  try {
    await run();
  } catch (error) {
    caught = error;
  }
  t.true(caught instanceof Error, `${code} was expected, and nothing was thrown`);
  const error = caught as Error & { code?: string };
  t.is(error.code, code, error.stack ?? '');
  t.regex(error.message, /\w+ \w+ .*\./s);
  return error;
}
