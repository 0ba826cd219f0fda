/** How long something may take that happens by itself. */
const DEADLINE_MS = 20_000;

/** A case of a suite: a sentence that says what holds, and what throws if it does not. */
export interface ConformanceCase<Make> {
  /** What holds. */
  readonly title: string;
  /** Rejects with an `Error` that says what does not hold. Makes what it needs, each time afresh. */
  run(make: Make): Promise<void>;
}

function show(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A cycle, or what JSON has no text for.
  }
  const shown = text ?? String(value);
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isRecord(one) || !isRecord(other)) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date) return one.getTime() === (other as unknown as Date).getTime();
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

/** Throws unless a value is this one, by its parts. */
export function same(what: string, value: unknown, expected: unknown): void {
  if (isSame(value, expected)) return;
  throw new Error(`${what} should be ${show(expected)}, and is ${show(value)}.`);
}

/** Throws unless it holds. */
export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Error(`It should be so that ${what}, and is not.`);
}

/** Waits until it holds, and throws if it does not in time. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`In ${DEADLINE_MS} ms it never was so that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Throws unless something rejects with an error of this code. */
export async function refuses(
  code: string,
  what: string,
  attempt: () => Promise<unknown>,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    same(`The code of the refusal ${what}`, (error as { code?: unknown }).code, code);
    return;
  }
  throw new Error(`It should be refused ${what}, with the code ${code}, and was not.`);
}
